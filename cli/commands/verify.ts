import { Argument, type Command, InvalidArgumentError } from 'commander';
import { requestedId } from '../../core/components/backup-id.ts';
import { BackupError } from '../../core/errors.ts';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, isJson, stackName } from './options.ts';

interface Flags {
  latest: boolean;
  all: boolean;
  readData: boolean;
  cluster?: string;
  config: string;
  stack?: string;
  json: boolean;
}

const footnotes = [
  "It asks the ledger, each component, the snapshot repository and, where `zeebe.store` names a folder or a bucket of S3, Zeebe's backup store, and judges each answer. What could not be seen is unknown: it is never called wrong, and never proven. It changes nothing but its own record in the ledger, and takes no lock.",
  "With --read-data, it also reads every file of the snapshots in Zeebe's backup store, and compares it with its checksum. This may take hours, and AWS may charge for the transfer.",
  'With --stack, functions of the stack look from the network in which a backup runs, and this command watches them. With --all, the newest 200 backups are verified. Ctrl-C ends only the watching.',
  'Exit codes: 0 proven, as far as `verify.require` wants it (without that list: as far as the configuration gives access); 1 something is wrong, or the result could not be recorded; 2 wrong use or configuration; 4 nothing is seen to be wrong, but something that must be known is unknown.',
];

export const verify: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Verify that everything a backup consists of is still there and right.')
      .addArgument(new Argument('[id]', 'id of a backup, which another tool may have made').argParser(idIn))
      .option('--latest', 'the newest completed backup of the ledger', false)
      .option('--all', 'every completed backup of the ledger, the newest first', false)
      .option('--read-data', "read the snapshots in Zeebe's backup store", false)
      .addOption(clusterName)
      .addOption(configFile)
      .addOption(stackName)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async (id: number | undefined, flags: Flags, command: Command) => {
        const { cluster, stack, readData, json } = flags;
        const which = whichOf(id, flags);
        const one = cluster === undefined ? {} : { cluster };
        const { configured, surroundingsOf } = await import('./configured.ts');
        if (stack !== undefined) {
          const { verifyOnStack } = await import('../stack/verify.ts');
          const { output, onEnding: onSignal } = host;
          const at = surroundingsOf(command, host);
          ended(await verifyOnStack({ stack, at, ...one, which, readData, json, output, onSignal }));
          return;
        }
        const { verify } = await import('../verify/verify.ts');
        const known = await configured(command, host);
        ended(await verify({ host, ...known, ...one, which, readData, json }));
      }),
  objectOfError: async ({ cluster, failure }) => {
    const { failedVerification } = await import('../verify/result.ts');
    return failedVerification(cluster, failure);
  },
};

function idIn(text: string): number {
  const { success, data } = requestedId.safeParse(/^\d+$/.test(text) ? Number(text) : undefined);
  if (success) return data;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

function whichOf(id: number | undefined, { latest, all }: Pick<Flags, 'latest' | 'all'>) {
  const named = [
    ...(id === undefined ? [] : [id]),
    ...(latest ? ['latest' as const] : []),
    ...(all ? ['all' as const] : []),
  ];
  const [which, ...others] = named;
  if (which !== undefined && others.length === 0) return which;
  throw new BackupError(
    'ConfigurationError',
    which === undefined
      ? 'It is not said which backup to verify'
      : 'Several backups are named in different ways',
    { remedy: 'Give either the id of a backup, or --latest, or --all.' },
  );
}
