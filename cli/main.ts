#!/usr/bin/env node
import module from 'node:module';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { BackupError } from '../core/errors.ts';
import packageJson from '../package.json' with { type: 'json' };
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import {
  flushed,
  type Output,
  paint,
  printError,
  printJson,
  printLine,
  surviveClosedPipes,
} from './output.ts';
import { onEnding } from './signals.ts';

// Compiled code is kept between runs, where this Node can (22.8 and later).
module.enableCompileCache?.();

// Commands are loaded when they are called: `--help` answers without the clients of S3 and of the search engines.
const output: Output = { stdout: process.stdout, stderr: process.stderr };
surviveClosedPipes(output);

const configFile = new Option('-f, --config <file>', 'configuration file').default('camunda-backup.yaml');
const clusterName = new Option(
  '-c, --cluster <name>',
  'which cluster; may be left away where there is only one',
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
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(paint(process.stderr, 'red', text)) })
  .showHelpAfterError('Try: camunda-backup --help')
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
  .addHelpText(
    'after',
    `
Exit codes: 0 done, 1 the backup failed, 2 wrong use or configuration, 3 another backup holds the lock,
130 interrupted. Ctrl-C and SIGTERM resume exporting before the process ends.
With --stack the backup runs on AWS and is watched; Ctrl-C ends the watching, the backup goes on.
With --json the last line of stdout is one JSON object, also when the backup failed or never began.`,
  )
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
    process.exitCode = await runBackup({
      config,
      commands,
      cluster: chooseCluster(config, flags.cluster),
      ...(flags.id === undefined ? {} : { backupId: flags.id }),
      reason: flags.reason,
      json: flags.json,
      output,
      onEnding,
      exitNow: (code) => process.exit(code),
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
  .addHelpText(
    'after',
    `
Exit codes: 0 every cluster has a completed backup that is not older than its maxAge, and nothing is left
paused: neither by a run, nor by somebody else, as far as the cluster shows it within 2 s; 1 otherwise; 2 wrong
use or configuration. A cluster that cannot be asked is said to be so, and changes no exit code.`,
  )
  .action(async (flags: StatusFlags, command: Command) => {
    const { stack, offline, json } = flags;
    const one = flags.cluster === undefined ? {} : { cluster: flags.cluster };
    const { configured, surroundingsOf } = await import('./configured.ts');
    if (stack === undefined) {
      const { status } = await import('./status.ts');
      process.exitCode = await status({ ...(await configured(command)), ...one, offline, json, output });
      return;
    }
    const { configOfStack, statusOfStack } = await import('./stack/status.ts');
    const at = surroundingsOf(command);
    const named = command.getOptionValueSource('config') !== 'default';
    const config = named ? (await configured(command)).config : await configOfStack(flags.config, stack);
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
  .addHelpText(
    'after',
    `
Exit codes: 0 all was done and seen (what is left over is no failure), 1 something could not be put right or not
be seen, 2 wrong use or configuration, 3 the run lives, or may live, or somebody else is repairing it; 130 interrupted
before leftovers were deleted. Of a COMPLETED backup, and of one that this ledger does not know, nothing is ever deleted.`,
  )
  .action(async (flags: RepairFlags, command: Command) => {
    const { chooseCluster } = await import('../core/config.ts');
    const { repairCluster } = await import('./repair.ts');
    const { configured } = await import('./configured.ts');
    const { askOnTerminal } = await import('./confirm.ts');
    const { config, commands } = await configured(command);
    const ask = askOnTerminal(process.stdin, process.stderr);
    process.exitCode = await repairCluster({
      ...flags,
      config,
      commands,
      cluster: chooseCluster(config, flags.cluster),
      ...(ask ? { ask } : {}),
      output,
      onEnding,
      exitNow: (code) => process.exit(code),
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

interface DemoFlags {
  camunda: '8.5' | '8.6' | '8.7' | '8.8' | '8.9';
  json: boolean;
}

interface RunFlags {
  cluster?: string;
  config: string;
  stack?: string;
  id?: number;
  reason: string;
  json: boolean;
}

interface WatchFlags {
  stack: string;
  execution?: string;
  json: boolean;
}

interface StatusFlags {
  cluster?: string;
  config: string;
  stack?: string;
  offline: boolean;
  json: boolean;
}

interface RepairFlags {
  cluster?: string;
  config: string;
  force: boolean;
  dryRun: boolean;
  deleteLeftovers: boolean;
  yes: boolean;
  resumeUnexplained: boolean;
  offline: boolean;
  json: boolean;
}

function backupId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id > 0 && id < Number.MAX_SAFE_INTEGER) return id;
  throw new InvalidArgumentError(
    `It must be a whole number above 0 and below ${Number.MAX_SAFE_INTEGER}, such as 1795249014: the next backup needs a higher one.`,
  );
}

const began = performance.now();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await complain(error);
  // Whoever asked for JSON gets it whatever happened, a wrong option included.
  if (process.exitCode !== exitCodes.done && process.argv.includes('--json')) {
    const { objectOfError } = await import('./json-on-error.ts');
    const seconds = (performance.now() - began) / 1000;
    printJson(process.stdout, objectOfError(called?.name(), process.argv.slice(2), error, seconds));
  }
}
await flushed(output);
// At once: after an interruption a request may still wait for the answer of a server that is silent.
process.exit();

/** A user's mistake, or a failure that is known, as sentences; only a bug shows its stack. */
async function complain(error: unknown): Promise<number> {
  if (error instanceof CommanderError) {
    // Commander has said it already; help is no mistake.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (!(error instanceof BackupError)) {
    printLine(process.stderr, error instanceof Error ? (error.stack ?? error.message) : String(error));
    const { afterBug } = await import('./configured.ts');
    printLine(process.stderr, `This is a bug in camunda-backup. ${afterBug(called)}`);
    return exitCodes.failed;
  }
  printError(process.stderr, error);
  return exitCodeOfError(error);
}
