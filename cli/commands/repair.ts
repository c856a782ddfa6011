import type { Command } from 'commander';
import { namingCluster } from '../../deployment/commands.ts';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, endsWithJson, offline } from './options.ts';

interface Flags {
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

const footnotes = [
  'Exit codes: 0 all was done and seen (what is left over is no failure), 1 something could not be put right or not be seen, 2 wrong use or configuration, 3 the run lives, or may live, or somebody else is repairing it; 130 interrupted before leftovers were deleted. It never deletes anything of a COMPLETED backup or of one that this ledger does not know.',
];

export const repair: Subcommand = {
  define: (command, host, ended) =>
    command
      .description(
        'Put right what a run left behind that is gone: resume exporting, mark its backup FAILED, free the lock. ' +
          'Show what the components still have of backups that failed.',
      )
      .addOption(clusterName)
      .addOption(configFile)
      .option(
        '--force',
        'also when it cannot be seen from here whether the run still lives; never a lock that only its own command ends, such as a restore',
        false,
      )
      .option('-n, --dry-run', 'say what would be done, and change nothing', false)
      .option('--delete-leftovers', 'delete what failed backups of this ledger left in the components', false)
      .option('-y, --yes', 'delete without asking', false)
      .option(
        '--resume-unexplained',
        'resume exporting that no run of this ledger has paused, after the name of the cluster is typed',
        false,
      )
      .addOption(offline)
      .addOption(endsWithJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async (flags: Flags, command: Command) => {
        const { chooseCluster } = await import('../../core/config/schema.ts');
        const { repairCluster } = await import('../repair/repair.ts');
        const { configured } = await import('./configured.ts');
        const { askOnTerminal } = await import('../screen/confirm.ts');
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
      }),
  objectOfError: async ({ cluster, dryRun, failure }) => {
    const { failedRepair } = await import('../repair/report.ts');
    return failedRepair(cluster, dryRun, failure);
  },
};
