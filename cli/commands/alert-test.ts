import type { Command } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { configFile, isJson, stackName } from './options.ts';

interface Flags {
  stack?: string;
  cluster?: string;
  config: string;
  json: boolean;
}

const footnotes = [
  'Without --stack, this machine sends the alert to the webhook of the configuration (`notify.webhook`), as `run`, `verify` and `watchdog` send theirs.',
  "With --stack, the stack's watchdog sends the alert, in the way in which it sends real ones. The alert says that nothing is wrong and who has asked for it, and does not count as a failure anywhere. Its severity is WARNING: a subscription with a filter gets it only if the filter lets that through.",
  'Exit codes: 0 the webhook took the alert, or it was sent to at least one confirmed subscription; 1 it was not sent, or nobody gets it; 2 wrong use or configuration, such as no webhook.',
];

export const alertTest: Subcommand = {
  define: (command, host, ended) =>
    command
      .description(
        'Send a test alert to the webhook, or through a deployed stack, and show who can have got it.',
      )
      .addOption(stackName)
      .option('-c, --cluster <name>', 'cluster that the alert names (default: all)')
      .addOption(configFile)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ stack, cluster, json }: Flags, command: Command) => {
        const one = cluster === undefined ? {} : { cluster };
        if (stack === undefined) {
          const { testWebhook } = await import('../local/alert-test.ts');
          const { configured } = await import('./configured.ts');
          ended(await testWebhook({ host, ...(await configured(command, host)), ...one, json }));
        } else {
          const { testAlerts } = await import('../stack/alert-test.ts');
          ended(await testAlerts({ stack, ...one, json, output: host.output }));
        }
      }),
  objectOfError: async ({ failure }) => {
    const { nothingSent } = await import('../alert-test-result.ts');
    return nothingSent(failure);
  },
};
