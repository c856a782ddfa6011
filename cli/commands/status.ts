import type { Command } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { configFile, everyCluster, isJson, offline, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  offline: boolean;
  json: boolean;
}

const footnotes = [
  'Exit codes: 0 every cluster has a completed backup that is not older than its maxAge, and exporting is not left paused, neither by a run nor otherwise, as far as the cluster shows it within 2 s, and with --stack none of the newest five executions has failed without a completed backup since; 1 otherwise; 2 wrong use or configuration. If a cluster does not answer, the command says so; this alone does not change the exit code.',
];

export const status: Subcommand = {
  define: (command, host, ended) =>
    command
      .description(
        'Show the last backups of each cluster, what would be lost now (RPO: the age of the newest usable and of the newest verified backup), the run at work, and whether exporting is left paused.',
      )
      .addOption(everyCluster)
      .addOption(configFile)
      .addOption(stackName)
      .addOption(offline)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async (flags: Flags, command: Command) => {
        const { stack, offline, json } = flags;
        const one = flags.cluster === undefined ? {} : { cluster: flags.cluster };
        const { configured, isFileNamed, surroundingsOf } = await import('./configured.ts');
        if (stack === undefined) {
          const { status } = await import('../status/status.ts');
          ended(await status({ host, ...(await configured(command, host)), ...one, offline, json }));
          return;
        }
        const { configOfStack, statusOfStack } = await import('../stack/status.ts');
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
      }),
  objectOfError: async ({ cluster, failure }) => {
    const { failedStatus } = await import('../status/result.ts');
    return failedStatus(cluster, failure);
  },
};
