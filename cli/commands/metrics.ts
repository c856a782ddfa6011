import type { Command } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { configFile, everyCluster, isJson, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  output?: string;
  json: boolean;
}

const footnotes = [
  'The figures come from the ledger alone. A figure that is not known has no line: a cluster that was never backed up has no timestamp of a last backup, and an alert should fire on its absence, too.',
  'Exit codes: 0 the figures were printed or written; 1 the ledger could not be read, and the file is as it was; 2 wrong use or configuration.',
];

export const metrics: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Print what the ledger says of the backups in the text format of Prometheus.')
      .addOption(everyCluster)
      .addOption(configFile)
      .addOption(stackName)
      .option(
        '-o, --output <file>',
        'file to replace instead of printing, such as one that ends with .prom in the folder of a textfile collector',
      )
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ cluster, stack, output: file, json }: Flags, command: Command) => {
        const one = cluster === undefined ? {} : { cluster };
        const { configured, surroundingsOf } = await import('./configured.ts');
        if (stack !== undefined) {
          const { metricsOfStack } = await import('../stack/metrics.ts');
          ended(await metricsOfStack({ host, stack, at: surroundingsOf(command, host), ...one, file, json }));
          return;
        }
        const { localMetrics } = await import('../metrics/local.ts');
        ended(await localMetrics({ host, ...(await configured(command, host)), ...one, file, json }));
      }),
  objectOfError: async ({ failure }) => {
    const { failedMetrics } = await import('../metrics/result.ts');
    return failedMetrics(failure);
  },
};
