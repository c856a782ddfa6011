import { type Command, Option } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, isJson, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  offline: boolean;
  json: boolean;
}

const offline = new Option('--offline', 'read only the configuration file, and ask no address')
  .default(false)
  .conflicts('stack');

const footnotes = [
  'It makes the same checks as a backup before its pause, shows for each configured address whether it is reached and what listens there, and names what would spoil backups or a restore, with the setting of Camunda to change. It takes no lock, writes nothing and pauses nothing.',
  'With --stack, a function of the stack looks, from the network in which a backup runs. A function that nobody has called for weeks may need a few minutes.',
  'Exit codes: 0 there is no error (warnings do not change this); 1 a backup would be refused or spoilt, or the check did not end; 2 wrong use or configuration, or a secret that cannot be used.',
];

export const check: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Check whether a cluster can be reached and backed up, and change nothing.')
      .addOption(clusterName)
      .addOption(configFile)
      .addOption(stackName)
      .addOption(offline)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ stack, cluster, offline, json }: Flags, command: Command) => {
        const one = cluster === undefined ? {} : { cluster };
        if (stack !== undefined) {
          const { checkOnStack } = await import('../stack/check.ts');
          ended(await checkOnStack({ stack, ...one, json, output: host.output }));
          return;
        }
        const { configured } = await import('./configured.ts');
        if (offline) {
          const { checkFile } = await import('../check/offline.ts');
          const { config } = await configured(command, host);
          ended(checkFile({ host, config, ...one, json }));
          return;
        }
        const { check } = await import('../check/check.ts');
        ended(await check({ host, ...(await configured(command, host)), ...one, json }));
      }),
  objectOfError: async ({ cluster, failure }) => {
    const { failedCheck } = await import('../check/result.ts');
    return failedCheck(cluster, failure);
  },
};
