import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ListedBackup } from '../../core/inventory/backup.ts';
import { backupStates } from '../../core/inventory/states.ts';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, isJson, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  state?: ListedBackup['state'][];
  since?: string;
  limit: number;
  json: boolean;
}

const footnotes = [
  "The list joins the ledger with what the components, the snapshot repository and, where `zeebe.store` names a folder or a bucket of S3, Zeebe's backup store hold now. So it also shows backups that a person or another tool made. All are asked at the same time, for 2 s; what did not answer is named, and the list is printed without it. It changes nothing.",
  'The first line shows the most recent backup that this ledger completed and that nothing contradicts. A backup from elsewhere is never called usable, because nobody knows whether exporting was paused while it was made.',
  'With --stack, a function of the stack looks, from the network in which a backup runs. Without it, or without the permission to call it, the list shows what the ledger has. It has at most 1,000 backups.',
  'Exit codes: 0 the list was printed, even if a source did not answer; 1 no source answered; 2 wrong use or configuration.',
];

export const list: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('List the backups of a cluster, the newest first, and name the most recent usable one.')
      .addOption(clusterName)
      .addOption(configFile)
      .addOption(stackName)
      .addOption(
        new Option(
          '--state <states>',
          `only backups in these states, with commas between them: ${backupStates.join(', ')}`,
        ).argParser(statesIn),
      )
      .option(
        '--since <time>',
        'only backups that began at this time or later: 7d, 12h, or 2026-11-27',
        momentIn,
      )
      .option('--limit <number>', 'how many backups are shown', countIn, 20)
      .addOption(isJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async (flags: Flags, command: Command) => {
        const { cluster, stack, state: states, since, limit, json } = flags;
        const one = cluster === undefined ? {} : { cluster };
        const { configured, surroundingsOf } = await import('./configured.ts');
        if (stack !== undefined) {
          const { listOfStack } = await import('../stack/inventory.ts');
          const at = surroundingsOf(command, host);
          const wanted = { states, since, limit };
          ended(await listOfStack({ stack, at, ...one, ...wanted, json, output: host.output }));
          return;
        }
        const { list } = await import('../inventory/list.ts');
        ended(await list({ host, ...(await configured(command, host)), ...one, states, since, limit, json }));
      }),
  objectOfError: async ({ cluster, failure }) => {
    const { failedList } = await import('../inventory/result.ts');
    return failedList(cluster, failure);
  },
};

function statesIn(text: string): ListedBackup['state'][] {
  const words = text.split(',').map((word) => word.trim().toUpperCase());
  const states = backupStates.filter((state) => words.includes(state));
  if (states.length === new Set(words).size) return states;
  throw new InvalidArgumentError(`The states are ${backupStates.join(', ')}.`);
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration counts back from now. A date without a time zone is taken as UTC, like all times that are shown. */
function momentIn(text: string): string {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  const moment =
    isDate && isInCalendar(text.slice(0, 10))
      ? Date.parse(/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`)
      : Date.now() - Number(count) * (unitSeconds[unit] ?? Number.NaN) * 1000;
  if (Number.isFinite(moment) && Math.abs(moment) < latest) return new Date(moment).toISOString();
  throw new InvalidArgumentError('It must be a duration such as 7d or 12h, or a date such as 2026-11-27.');
}

/** JavaScript reads February 31 as March 3. */
function isInCalendar(date: string): boolean {
  const moment = Date.parse(date);
  return Number.isFinite(moment) && new Date(moment).toISOString().startsWith(date);
}

/** The largest moment that JavaScript knows, in milliseconds. */
const latest = 8.64e15;

function countIn(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count > 0 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
