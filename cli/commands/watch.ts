import type { Command } from 'commander';
import type { Subcommand } from './command.ts';
import { endsWithJson, stackName } from './options.ts';

interface Flags {
  stack: string;
  execution?: string;
  json: boolean;
}

export const watch: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Watch a backup of a deployed stack to its end; the exit code is that of the backup.')
      .requiredOption(stackName.flags, stackName.description)
      .option(
        '--execution <name>',
        'name or ARN of the execution (default: the newest that is running, otherwise the newest)',
      )
      .addOption(endsWithJson)
      .action(async ({ stack, execution, json }: Flags, command: Command) => {
        const { watch } = await import('../stack/watch.ts');
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
      }),
  // An error of this command says nothing about the result of the backup.
  objectOfError: async ({ cluster, failure, seconds }) => {
    const { failedResult } = await import('../result.ts');
    return { ...failedResult(cluster, failure, seconds), state: 'UNKNOWN', execution: null };
  },
};
