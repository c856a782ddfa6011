import type { BackupList } from '../checks/lists.ts';
import { continuable } from '../components/backup-id.ts';
import { titles } from '../components/kinds.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';

/**
 * Returns the requested id, or the seconds since 1970. Throws BackupIdRefused unless the id is higher than every id in
 * the ledger and in the components.
 */
export function chooseId(
  { cluster, backupId }: { cluster: string; backupId?: number | undefined },
  ledgerIds: number[],
  lists: BackupList[],
  { clock, commands }: Pick<Context, 'clock' | 'commands'>,
): number {
  const known = [
    { who: 'the ledger', ids: ledgerIds },
    ...lists.map(({ target, backups }) => ({
      who: titles[target.component],
      ids: backups.map((backup) => backup.backupId),
    })),
  ];
  const highest = known
    .map(({ who, ids }) => ({ who, id: ids.at(-1) ?? 0 }))
    .reduce((a, b) => (b.id > a.id ? b : a));
  if (backupId === undefined) return nextId([highest.id], { clock });
  if (backupId > highest.id) return backupId;
  const used = known.filter(({ ids }) => ids.includes(backupId)).map(({ who }) => who);
  const why =
    used.length > 0
      ? `is used already (${used.join(', ')})`
      : `is not above ${highest.id}, which ${highest.who} has`;
  throw new BackupError('BackupIdRefused', `The backup id ${backupId} ${why}`, {
    remedy: `An id must be higher than every id before it. Omit the id, or name one above ${highest.id}: ${commands.run(cluster, { id: highest.id + 1 })}`,
  });
}

/**
 * The seconds since 1970, or the next id after the highest known one. Throws if no higher id exists; for a component,
 * the code that reads its list throws instead.
 */
export function nextId(ids: number[], { clock }: Pick<Context, 'clock'>): number {
  const noMore = 'Only a tool with larger ids can back this cluster up.';
  return Math.max(Math.floor(clock.now() / 1000), continuable(ids.at(-1) ?? 0, 'The ledger has', noMore) + 1);
}
