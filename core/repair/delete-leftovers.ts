import { titles } from '../components/kinds.ts';
import type { Context } from '../context.ts';
import { deleteFrom, isStartedBy } from '../delete/failed.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import { isRunAlive } from '../ledger/lock/owner.ts';
import type { Leftover } from './leftovers.ts';

type Needs = Pick<
  Context,
  'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'commands' | 'warn' | 'executions'
>;

export interface Deletions {
  deleted: Leftover[];
  problems: BackupError[];
}

/**
 * Deletes the leftovers that are `ours`, one after another, and no others. It reads the ledger again before each one,
 * because a person may have hesitated for an hour before the confirmation. While a run holds the lock, nothing is
 * deleted, because a deletion would disturb the run's backup. A backup that is in use stays.
 */
export async function deleteLeftovers(
  cluster: string,
  leftovers: Leftover[],
  context: Needs,
  { interrupted = () => false }: { interrupted?: () => boolean } = {},
): Promise<Deletions> {
  const deleted: Leftover[] = [];
  const problems: BackupError[] = [];
  for (const leftover of leftovers.filter(({ kind }) => kind === 'ours')) {
    if (interrupted()) break;
    const lock = await context.ledger.readLock(cluster);
    if (lock) {
      problems.push(heldBy(lock, await isRunAlive(lock, context), context.commands));
      break;
    }
    try {
      await deleteOne(cluster, leftover, context);
      deleted.push(leftover);
    } catch (error) {
      if (!isBackupError(error)) throw error;
      // A backup that is in use is reported once, and not for each component.
      if (problems.every(({ message }) => message !== error.message)) problems.push(error);
    }
  }
  return { deleted, problems };
}

async function deleteOne(
  cluster: string,
  { component, backupId, target }: Leftover,
  context: Needs,
): Promise<void> {
  const { ledger, commands, warn } = context;
  const manifest = await ledger.readManifest(cluster, backupId);
  const entry = await ledger.readEntry(cluster, backupId, component);
  if (manifest?.state !== 'FAILED' || !isStartedBy(manifest, entry)) {
    throw new BackupError(
      'BackupNotOurs',
      `The part of the backup ${backupId} in ${titles[component]} is not deleted: the ledger has changed since it was listed`,
      { remedy: `Look again: ${commands.repair(cluster, { dryRun: true })}` },
    );
  }
  const { inUse, stale } = await ledger.lookForUse(cluster, backupId);
  if (inUse) throw inUse;
  if (stale) warn(stale);
  await deleteFrom(target, backupId, context);
}
