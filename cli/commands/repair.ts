import type { Command } from 'commander';
import { namingCluster } from '../../deployment/commands.ts';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, endsWithJson, offline, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  force: boolean;
  dryRun: boolean;
  deleteLeftovers: boolean;
  yes: boolean;
  resumeUnexplained: boolean;
  offline: boolean;
  json: boolean;
}

const footnotes = [
  'With --stack, functions of the stack do each step: they read its ledger, ask Step Functions whether a run is alive, and reach a cluster that this machine does not reach. The questions are asked here. After a lost answer, the same command can be typed again.',
  'Exit codes: 0 everything was repaired and seen (leftovers are no failure); 1 something could not be repaired or could not be seen; 2 wrong use or configuration; 3 the run is alive or may be alive, or another command is repairing it; 130 interrupted before leftovers were deleted. The command never deletes any part of a COMPLETED backup, or of a backup that this ledger does not know.',
];

export const repair: Subcommand = {
  define: (command, host, ended) =>
    command
      .description(
        'Repair what a dead run left behind: resume exporting, mark its backup FAILED, free the lock. ' +
          'Show the parts of failed backups that the components still have.',
      )
      .addOption(clusterName)
      .addOption(configFile)
      .addOption(stackName)
      .option(
        '--force',
        'repair even if this machine cannot see whether the run is alive; never ends a lock that only its own command may end, such as the lock of a restore',
        false,
      )
      .option('-n, --dry-run', 'show what the command would do, and change nothing', false)
      .option(
        '--delete-leftovers',
        'delete the parts that failed backups of this ledger left in the components',
        false,
      )
      .option('-y, --yes', 'delete without asking', false)
      .option(
        '--resume-unexplained',
        'resume exporting that no run of this ledger has paused, after you type the name of the cluster',
        false,
      )
      .addOption(offline)
      .addOption(endsWithJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ stack, cluster, ...flags }: Flags, command: Command) => {
        const { askOnTerminal } = await import('../screen/confirm.ts');
        const terminal = askOnTerminal(host.input, host.output.stderr);
        const ask = terminal ? { ask: terminal } : {};
        const chosen = (name: string) => command.setOptionValue('cluster', name);
        if (stack !== undefined) {
          const { repairOnStack } = await import('../stack/repair.ts');
          const { surroundingsOf } = await import('./configured.ts');
          const at = surroundingsOf(command, host);
          const one = cluster === undefined ? {} : { cluster };
          ended(await repairOnStack({ ...flags, ...one, ...ask, stack, at, host, chosen }));
          return;
        }
        const { chooseCluster } = await import('../../core/config/schema.ts');
        const { repairHere } = await import('../repair/here.ts');
        const { configured } = await import('./configured.ts');
        const { config, commands } = await configured(command, host);
        const found = chooseCluster(config, cluster, namingCluster);
        chosen(found.name);
        ended(await repairHere({ ...flags, ...ask, host, config, commands, cluster: found }));
      }),
  objectOfError: async ({ cluster, dryRun, failure }) => {
    const { failedRepair } = await import('../repair/report.ts');
    return failedRepair(cluster, dryRun, failure);
  },
};
