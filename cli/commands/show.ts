import { Argument, type Command, InvalidArgumentError } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, isJson, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  latest: boolean;
  json: boolean;
}

const footnotes = [
  "It shows what the ledger has recorded of the backup, and beside it what its components, the snapshot repository and Zeebe's backup store say of it now. All are asked at the same time, for 2 s; what did not answer is named. It changes nothing.",
  'With --stack, a function of the stack looks, from the network in which a backup runs. Without it, or without the permission to call it, what the ledger has is shown.',
  'Exit codes: 0 the backup was shown; 1 no source that answered knows it, and not all answered; 2 wrong use or configuration, or no source knows it.',
];

export const show: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Show one backup: its parts, what a restore needs, what was noticed, and its timeline.')
      .addArgument(new Argument('[id]', 'id of the backup').argParser(backupId))
      .addOption(clusterName)
      .addOption(configFile)
      .addOption(stackName)
      .option('--latest', 'the newest backup in the ledger, whatever came of it', false)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async (id: number | undefined, { cluster, stack, latest, json }: Flags, command: Command) => {
        if ((id === undefined) !== latest) command.error('error: name either the id of a backup or --latest');
        const one = cluster === undefined ? {} : { cluster };
        const { configured, surroundingsOf } = await import('./configured.ts');
        if (stack !== undefined) {
          const { showOfStack } = await import('../stack/inventory.ts');
          const at = surroundingsOf(command, host);
          ended(await showOfStack({ stack, at, ...one, backupId: id, json, output: host.output }));
          return;
        }
        const { show } = await import('../inventory/show.ts');
        ended(await show({ host, ...(await configured(command, host)), ...one, backupId: id, json }));
      }),
  objectOfError: async ({ cluster, failure }) => {
    const { nothingShown } = await import('../inventory/result.ts');
    return nothingShown(cluster, failure);
  },
};

function backupId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id > 0 && Number.isSafeInteger(id)) return id;
  throw new InvalidArgumentError('It must be a whole number above 0, such as 1795249014.');
}
