import module from 'node:module';
import { Command, Option } from 'commander';
import { configVariable, defaultConfigFile } from '../core/commands.ts';
import packageJson from '../package.json' with { type: 'json' };
import { endNow } from './end-now.ts';
import { sayWhatEndedIt } from './ended-by-error.ts';
import { exitCodes } from './exit-codes.ts';
import {
  backupId,
  type DemoFlags,
  type RepairFlags,
  type RunFlags,
  type StatusFlags,
  type WatchdogFlags,
  type WatchFlags,
} from './flags.ts';
import { below, footnotes, otherWords } from './help.ts';
import { programOf, thisInvocation } from './invocation.ts';
import { flushed, type Output, paint, surviveClosedPipes } from './output.ts';
import { onEnding } from './signals.ts';

// Compiled code is kept between runs, where this Node can (22.8 and later).
module.enableCompileCache?.();

// Commands are loaded when they are called: `--help` answers without the clients of S3 and of the search engines.
const output: Output = { stdout: process.stdout, stderr: process.stderr };
surviveClosedPipes(output);

const configFile = new Option('-f, --config <file>', 'configuration file')
  .default(defaultConfigFile)
  .env(configVariable);
const clusterName = new Option(
  '-c, --cluster <name>',
  'which cluster; may be left out where there is only one',
);
const offline = new Option(
  '--offline',
  'do not ask the cluster whether exporting is paused: the ledger alone tells',
).default(false);
const stackName = new Option(
  '--stack <name>',
  'the backups of a deployed stack, by the region and account of AWS',
);

/** Known also where its options are wrong. */
let called: Command | undefined;

const program = new Command('camunda-backup')
  .description('Consistent hot backups of a whole Camunda 8 Self-Managed cluster.')
  .version(packageJson.version)
  // Also the descriptions of options are broken between words on a narrow terminal.
  .configureHelp({ minWidthToWrap: 20 })
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(paint(process.stderr, 'red', text)) })
  .hook('preSubcommand', (_, command) => {
    called = command;
  });

program
  .command('run')
  .description('Back up a cluster, from the first look to the manifest.')
  .addOption(clusterName)
  .addOption(configFile)
  .addOption(stackName)
  .option('--id <number>', 'backup id, above every id in use (default: seconds since 1970)', backupId)
  .option('--reason <text>', 'why, for the manifest', 'manual')
  .option('--json', 'end with one JSON object on stdout', false)
  .addHelpText('after', below(footnotes.run))
  .action(async (flags: RunFlags, command: Command) => {
    const { stack, cluster, id: backupId, reason, json } = flags;
    if (stack !== undefined) {
      const { runOnStack } = await import('./stack/run.ts');
      const { surroundingsOf } = await import('./configured.ts');
      process.exitCode = await runOnStack({
        stack,
        at: surroundingsOf(command),
        ...(cluster === undefined ? {} : { cluster }),
        ...(backupId === undefined ? {} : { backupId }),
        reason,
        json,
        output,
        onSignal: onEnding,
      });
      return;
    }
    const { chooseCluster } = await import('../core/config.ts');
    const { runBackup } = await import('./run.ts');
    const { configured } = await import('./configured.ts');
    const { config, commands } = await configured(command);
    const chosen = chooseCluster(config, flags.cluster);
    command.setOptionValue('cluster', chosen.name);
    process.exitCode = await runBackup({
      config,
      commands,
      cluster: chosen,
      ...(flags.id === undefined ? {} : { backupId: flags.id }),
      reason: flags.reason,
      json: flags.json,
      output,
      onEnding,
      exitNow: endNow,
    });
  });

program
  .command('watch')
  .description('Watch a backup of a deployed stack to its end; the exit code is that of the backup.')
  .requiredOption(stackName.flags, stackName.description)
  .option(
    '--execution <name>',
    'which run, by its name or ARN (default: the newest one at work, or the newest)',
  )
  .option('--json', 'end with one JSON object on stdout', false)
  .action(async ({ stack, execution, json }: WatchFlags, command: Command) => {
    const { watch } = await import('./stack/watch.ts');
    const { surroundingsOf } = await import('./configured.ts');
    process.exitCode = await watch({
      stack,
      at: surroundingsOf(command),
      ...(execution === undefined ? {} : { execution }),
      json,
      output,
      onSignal: onEnding,
    });
  });

program
  .command('status')
  .description('Show the last backups of each cluster, what is at work, and what is left paused.')
  .addOption(new Option('-c, --cluster <name>', 'which cluster (default: every one)'))
  .addOption(configFile)
  .addOption(stackName)
  .addOption(offline)
  .option('--json', 'one JSON object on stdout', false)
  .addHelpText('after', below(footnotes.status))
  .action(async (flags: StatusFlags, command: Command) => {
    const { stack, offline, json } = flags;
    const one = flags.cluster === undefined ? {} : { cluster: flags.cluster };
    const { configured, isFileNamed, surroundingsOf } = await import('./configured.ts');
    if (stack === undefined) {
      const { status } = await import('./status.ts');
      process.exitCode = await status({ ...(await configured(command)), ...one, offline, json, output });
      return;
    }
    const { configOfStack, statusOfStack } = await import('./stack/status.ts');
    const at = surroundingsOf(command);
    const config = isFileNamed(command)
      ? (await configured(command)).config
      : await configOfStack(flags.config, stack);
    process.exitCode = await statusOfStack({
      stack,
      at,
      ...one,
      ...(config ? { config } : {}),
      offline,
      json,
      output,
    });
  });

program
  .command('watchdog')
  .description('Look once at each cluster, and put right what a run left behind that is gone.')
  .addOption(new Option('-c, --cluster <name>', 'which cluster (default: every one)'))
  .addOption(configFile)
  .option('--json', 'one JSON object on stdout', false)
  .addHelpText('after', below(footnotes.watchdog))
  .action(async ({ cluster, json }: WatchdogFlags, command: Command) => {
    const { watchdog } = await import('./watchdog.ts');
    const { configured } = await import('./configured.ts');
    process.exitCode = await watchdog({
      ...(await configured(command)),
      ...(cluster === undefined ? {} : { cluster }),
      json,
      output,
      onEnding,
      exitNow: endNow,
    });
  });

program
  .command('repair')
  .description(
    'Put right what a run left behind that is gone: resume exporting, mark its backup FAILED, free the lock. ' +
      'Show what the components still have of backups that failed.',
  )
  .addOption(clusterName)
  .addOption(configFile)
  .option('--force', 'also when it cannot be seen from here whether the run still lives', false)
  .option('-n, --dry-run', 'say what would be done, and change nothing', false)
  .option('--delete-leftovers', 'delete what failed backups of this ledger left in the components', false)
  .option('-y, --yes', 'delete without asking', false)
  .option(
    '--resume-unexplained',
    'resume exporting that no run of this ledger has paused, after the name of the cluster is typed',
    false,
  )
  .addOption(offline)
  .option('--json', 'end with one JSON object on stdout', false)
  .addHelpText('after', below(footnotes.repair))
  .action(async (flags: RepairFlags, command: Command) => {
    const { chooseCluster } = await import('../core/config.ts');
    const { repairCluster } = await import('./repair.ts');
    const { configured } = await import('./configured.ts');
    const { askOnTerminal } = await import('./confirm.ts');
    const { config, commands } = await configured(command);
    const ask = askOnTerminal(process.stdin, process.stderr);
    const chosen = chooseCluster(config, flags.cluster);
    command.setOptionValue('cluster', chosen.name);
    process.exitCode = await repairCluster({
      ...flags,
      config,
      commands,
      cluster: chosen,
      ...(ask ? { ask } : {}),
      output,
      onEnding,
      exitNow: endNow,
    });
  });

program
  .command('demo')
  .description('Start a simulated cluster in this process and back it up.')
  .addOption(
    new Option('--camunda <version>', 'which Camunda')
      .choices(['8.5', '8.6', '8.7', '8.8', '8.9'])
      .default('8.8'),
  )
  .option('--json', 'end with one JSON object on stdout, as of run', false)
  .action(async (flags: DemoFlags) => {
    const { demo } = await import('./demo.ts');
    process.exitCode = await demo({ ...flags, output, onEnding });
  });

const start = programOf(thisInvocation());
program.showHelpAfterError(`Try: ${start} --help`);
for (const command of program.commands) {
  command.showHelpAfterError(`Try: ${start} ${command.name()} --help`);
}
for (const [word, meant] of Object.entries(otherWords)) {
  program
    .command(word, { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => program.error(`error: unknown command '${word}': ${meant}`));
}

// As where it is not set: nobody means a file without a name.
if (process.env[configVariable] === '') delete process.env[configVariable];

const beganAt = performance.now();
try {
  await program.parseAsync();
} catch (error) {
  const typed = { command: called, args: process.argv.slice(2), beganAt };
  process.exitCode = await sayWhatEndedIt(error, typed);
}
await flushed(output);
// At once: after an interruption a request may still wait for the answer of a server that is silent.
endNow(Number(process.exitCode ?? exitCodes.done));
