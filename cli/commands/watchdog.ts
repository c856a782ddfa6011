import type { Command } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { configFile, everyCluster, isJson } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  json: boolean;
}

const footnotes = [
  'Each call looks once; call it from cron or a CronJob every five minutes. The stack on AWS has its own watchdog. The command repairs what a dead run left behind: it resumes exporting, marks the backup FAILED and frees the lock. It reports on stderr what a person must know: exporting that stays paused, a pause that no run explains, and missing backups.',
  'Exit codes: 0 everything is well or was repaired; 1 something is wrong or could not be seen; 2 wrong use or configuration. The command does not ask Step Functions whether an execution is running, and leaves such a run alone.',
];

export const watchdog: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Look once at each cluster, and repair what a dead run left behind.')
      .addOption(everyCluster)
      .addOption(configFile)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ cluster, json }: Flags, command: Command) => {
        const { watchdog } = await import('../local/watchdog.ts');
        const { configured } = await import('./configured.ts');
        const one = cluster === undefined ? {} : { cluster };
        ended(await watchdog({ host, ...(await configured(command, host)), ...one, json }));
      }),
  objectOfError: async ({ cluster, failure }) => {
    const { failedWatchdog } = await import('../local/watchdog.ts');
    return failedWatchdog(cluster, failure);
  },
};
