import { type Command, Option } from 'commander';
import { defaultConfigFile } from '../core/config/default-file.ts';
import { configVariable, namingCluster } from '../deployment/commands.ts';
import {
  backupId,
  type DemoFlags,
  type RepairFlags,
  type RunFlags,
  type StatusFlags,
  type WatchdogFlags,
  type WatchFlags,
} from './flags.ts';
import type { Host } from './host.ts';
import { below, footnotes } from './screen/help.ts';

// Commands are loaded when they are called: `--help` answers without the clients of S3 and of the search engines.

/** Adds a command to the program, which hands its exit code to `ended`. */
type Add = (program: Command, host: Host, ended: (code: number) => void) => Command;

const configFile = new Option('-f, --config <file>', 'configuration file').default(
  defaultConfigFile,
  `"${defaultConfigFile}", env: ${configVariable}`,
);
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

const addRun: Add = (program, host, ended) =>
  program
    .command('run')
    .description('Back up a cluster, from the first look to the manifest.')
    .addOption(clusterName)
    .addOption(configFile)
    .addOption(stackName)
    .option('--id <number>', 'backup id, above every id in use (default: seconds since 1970)', backupId)
    .option('--reason <text>', 'why, for the manifest', 'manual')
    .option('--json', 'end with one JSON object on stdout', false)
    .addHelpText('after', below(footnotes.run, host.output))
    .action(async (flags: RunFlags, command: Command) => {
      const { stack, cluster, id, reason, json } = flags;
      if (stack !== undefined) {
        const { runOnStack } = await import('./stack/run.ts');
        const { surroundingsOf } = await import('./configured.ts');
        const code = await runOnStack({
          stack,
          at: surroundingsOf(command, host),
          ...(cluster === undefined ? {} : { cluster }),
          ...(id === undefined ? {} : { backupId: id }),
          reason,
          json,
          output: host.output,
          onSignal: host.onEnding,
        });
        ended(code);
        return;
      }
      const { chooseCluster } = await import('../core/config/schema.ts');
      const { runBackup } = await import('./commands/run.ts');
      const { configured } = await import('./configured.ts');
      const { config, commands } = await configured(command, host);
      const chosen = chooseCluster(config, cluster, namingCluster);
      command.setOptionValue('cluster', chosen.name);
      const code = await runBackup({
        host,
        config,
        commands,
        cluster: chosen,
        ...(id === undefined ? {} : { backupId: id }),
        reason,
        json,
      });
      ended(code);
    });

const addWatch: Add = (program, host, ended) =>
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
      const code = await watch({
        stack,
        at: surroundingsOf(command, host),
        ...(execution === undefined ? {} : { execution }),
        json,
        output: host.output,
        onSignal: host.onEnding,
      });
      ended(code);
    });

const addStatus: Add = (program, host, ended) =>
  program
    .command('status')
    .description('Show the last backups of each cluster, what is at work, and what is left paused.')
    .addOption(new Option('-c, --cluster <name>', 'which cluster (default: every one)'))
    .addOption(configFile)
    .addOption(stackName)
    .addOption(offline)
    .option('--json', 'one JSON object on stdout', false)
    .addHelpText('after', below(footnotes.status, host.output))
    .action(async (flags: StatusFlags, command: Command) => {
      const { stack, offline, json } = flags;
      const one = flags.cluster === undefined ? {} : { cluster: flags.cluster };
      const { configured, isFileNamed, surroundingsOf } = await import('./configured.ts');
      if (stack === undefined) {
        const { status } = await import('./commands/status.ts');
        ended(await status({ host, ...(await configured(command, host)), ...one, offline, json }));
        return;
      }
      const { configOfStack, statusOfStack } = await import('./stack/status.ts');
      const config = isFileNamed(command)
        ? (await configured(command, host)).config
        : await configOfStack(flags.config, host.cwd, stack);
      const code = await statusOfStack({
        stack,
        at: surroundingsOf(command, host),
        ...one,
        ...(config ? { config } : {}),
        offline,
        json,
        output: host.output,
        env: host.env,
      });
      ended(code);
    });

const addWatchdog: Add = (program, host, ended) =>
  program
    .command('watchdog')
    .description('Look once at each cluster, and put right what a run left behind that is gone.')
    .addOption(new Option('-c, --cluster <name>', 'which cluster (default: every one)'))
    .addOption(configFile)
    .option('--json', 'one JSON object on stdout', false)
    .addHelpText('after', below(footnotes.watchdog, host.output))
    .action(async ({ cluster, json }: WatchdogFlags, command: Command) => {
      const { watchdog } = await import('./commands/watchdog.ts');
      const { configured } = await import('./configured.ts');
      const one = cluster === undefined ? {} : { cluster };
      ended(await watchdog({ host, ...(await configured(command, host)), ...one, json }));
    });

const addRepair: Add = (program, host, ended) =>
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
    .addHelpText('after', below(footnotes.repair, host.output))
    .action(async (flags: RepairFlags, command: Command) => {
      const { chooseCluster } = await import('../core/config/schema.ts');
      const { repairCluster } = await import('./commands/repair.ts');
      const { configured } = await import('./configured.ts');
      const { askOnTerminal } = await import('./screen/confirm.ts');
      const { config, commands } = await configured(command, host);
      const ask = askOnTerminal(host.input, host.output.stderr);
      const chosen = chooseCluster(config, flags.cluster, namingCluster);
      command.setOptionValue('cluster', chosen.name);
      const code = await repairCluster({
        ...flags,
        host,
        config,
        commands,
        cluster: chosen,
        ...(ask ? { ask } : {}),
      });
      ended(code);
    });

const addDemo: Add = (program, host, ended) =>
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
      const { demo } = await import('./commands/demo.ts');
      ended(await demo(flags, host));
    });

/** In the order of the help. */
export const subcommands = [addRun, addWatch, addStatus, addWatchdog, addRepair, addDemo];
