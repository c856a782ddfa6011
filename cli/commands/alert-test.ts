import type { Command } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { isJson, stackName } from './options.ts';

interface Flags {
  stack: string;
  cluster?: string;
  json: boolean;
}

const footnotes = [
  "The stack's watchdog sends the alert, in the way in which it sends real ones. It says that nothing is wrong and who has asked for it, and does not count as a failure anywhere. Its severity is WARNING: a subscription with a filter gets it only if the filter lets that through.",
  'Exit codes: 0 the alert was sent to at least one confirmed subscription; 1 it was not sent, or nobody gets it; 2 wrong use.',
];

export const alertTest: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Send a test alert through a deployed stack, and show who can have got it.')
      .requiredOption(stackName.flags, stackName.description)
      .option('-c, --cluster <name>', 'cluster that the alert names (default: all)')
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ stack, cluster, json }: Flags, _: Command) => {
        const { testAlerts } = await import('../stack/alert-test.ts');
        const one = cluster === undefined ? {} : { cluster };
        ended(await testAlerts({ stack, ...one, json, output: host.output }));
      }),
  objectOfError: async ({ failure }) => {
    const { failedAlertTest } = await import('../stack/alert-test.ts');
    return failedAlertTest(failure);
  },
};
