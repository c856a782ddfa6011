import { Option } from 'commander';
import type { DemoOptions } from '../local/demo.ts';
import type { Subcommand } from './command.ts';
import { run } from './run.ts';

export const demo: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Start a simulated cluster in this process and back it up.')
      .addOption(
        new Option('--camunda <version>', 'Camunda version to simulate')
          .choices(['8.5', '8.6', '8.7', '8.8', '8.9'])
          .default('8.8'),
      )
      .option('--json', 'end with one JSON object on stdout, like run', false)
      .action(async (flags: DemoOptions) => {
        const { demo } = await import('../local/demo.ts');
        ended(await demo(flags, host));
      }),
  objectOfError: run.objectOfError,
};
