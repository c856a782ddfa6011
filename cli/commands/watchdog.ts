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
  'One look, for cron or a CronJob every five minutes; the stack on AWS brings its own watchdog. It puts right what a run left behind that is gone: it resumes exporting, marks the backup FAILED and frees the lock. It tells on stderr what a person has to know: exporting that stays paused, a pause that no run explains, backups that stay away.',
  'Exit codes: 0 all is well, or was put right; 1 something is wrong, or could not be seen; 2 wrong use or configuration. Step Functions is not asked whether an execution of its runs: such a run is left alone.',
];

export const watchdog: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Look once at each cluster, and put right what a run left behind that is gone.')
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
