import { Argument, type Command, InvalidArgumentError } from 'commander';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, isJson } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  latest: boolean;
  json: boolean;
}

const footnotes = [
  "It shows what the ledger has recorded of the backup, and beside it what its components, the snapshot repository and Zeebe's backup store say of it now. All are asked at the same time, for 2 s; what did not answer is named. It changes nothing.",
  'Exit codes: 0 the backup was shown; 1 no source that answered knows it, and not all answered; 2 wrong use or configuration, or no source knows it.',
];

export const show: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Show one backup: its parts, what a restore needs, what was noticed, and its timeline.')
      .addArgument(new Argument('[id]', 'id of the backup').argParser(backupId))
      .addOption(clusterName)
      .addOption(configFile)
      .option('--latest', 'the newest backup in the ledger, whatever came of it', false)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async (id: number | undefined, { cluster, latest, json }: Flags, command: Command) => {
        if ((id === undefined) !== latest) command.error('error: name either the id of a backup or --latest');
        const { show } = await import('../inventory/show.ts');
        const { configured } = await import('./configured.ts');
        const one = cluster === undefined ? {} : { cluster };
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
