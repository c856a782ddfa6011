import type { BackupList } from '../checks/lists.ts';
import { continuable } from '../components/backup-id.ts';
import { titles } from '../components/kinds.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';

/** An id above every id that the ledger or a component has ever shown: seconds since 1970 unless given. */
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
    remedy: `Ids must grow and are never used twice: name none, or one above ${highest.id}: ${commands.run(cluster, { id: highest.id + 1 })}`,
  });
}

/**
 * The seconds since 1970, unless some id is as high already. Of a component, an id above which there is none is refused
 * where its list is read.
 */
export function nextId(ids: number[], { clock }: Pick<Context, 'clock'>): number {
  const noMore = 'Only a tool with larger ids can back this cluster up.';
  return Math.max(Math.floor(clock.now() / 1000), continuable(ids.at(-1) ?? 0, 'The ledger has', noMore) + 1);
}
