/** Who works with a backup that is there: its mark keeps others from deleting the backup. It takes no lock. */

import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';
import { formatSeconds } from '../config/duration.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import { owner } from './lock/lock.ts';
import { describeOwner, isOwnerAlive } from './lock/owner.ts';
import type { Store } from './store/store.ts';

const mark = z.strictObject({
  runId: z.string(),
  /** What the backup is used for, such as `drill` or `verification`. */
  what: z.string().min(1),
  owner,
  since: z.iso.datetime(),
});
export type UseMark = z.infer<typeof mark>;

/** All marks of one backup. How old they are the ledger's own clock says, as for a heartbeat. */
const usesOfBackup = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  backupId: madeId,
  marks: z.array(mark),
});
type UsesOfBackup = z.infer<typeof usesOfBackup>;

/** In seconds. Whoever uses a backup renews its mark this often; a mark that nobody has renewed for as long is void. */
export const useTimes = { every: 60, goneAfter: 3600 };

const attempts = 5;

/** What is known of the use of one backup. */
export interface Use {
  /** Why the backup must not be deleted; undefined where nothing speaks against it. */
  inUse: BackupError | undefined;
  /** A mark that is void, as a sentence for people. */
  stale: string | undefined;
}

export function uses(store: Store) {
  const documentOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.use(cluster, backupId), usesOfBackup);

  /** False, and nothing written, where `change` returns undefined. */
  async function changeMarks(
    cluster: string,
    backupId: number,
    change: (marks: UseMark[]) => UseMark[] | undefined,
  ): Promise<boolean> {
    const document = documentOf(cluster, backupId);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await document.read();
      // A change renews all of them, and must not revive those that hold no more.
      const isStale = found !== undefined && (await secondsUnrenewed(cluster, backupId)) > useTimes.goneAfter;
      const marks = change(isStale ? [] : (found?.value.marks ?? []));
      if (!marks) return false;
      const next: UsesOfBackup = { format: 1, cluster, backupId, marks };
      if (found ? await document.replace(next, found.version) : await document.create(next)) return true;
    }
    throw new BackupError('LedgerError', `${document.location()} kept changing while it was written`);
  }

  async function secondsUnrenewed(cluster: string, backupId: number): Promise<number> {
    return (await store.ageOf(keys.use(cluster, backupId))) ?? 0;
  }

  return {
    /** Marks a backup as in use by a run, or renews its mark as of now. Several runs may use one backup. */
    markUse: (cluster: string, backupId: number, wanted: UseMark) =>
      changeMarks(cluster, backupId, (marks) => [
        ...marks.filter(({ runId }) => runId !== wanted.runId),
        wanted,
      ]),

    /** False where the mark is not there or holds no more: the backup may be deleted in this moment. */
    renewUse: (cluster: string, backupId: number, runId: string) =>
      changeMarks(cluster, backupId, (marks) =>
        marks.some((one) => one.runId === runId) ? marks : undefined,
      ),

    async endUse(cluster: string, backupId: number, runId: string): Promise<void> {
      await changeMarks(cluster, backupId, (marks) =>
        marks.some((one) => one.runId === runId) ? marks.filter((one) => one.runId !== runId) : undefined,
      );
    },

    /**
     * Whether a backup is in use. What is not known counts as in use: a mark that cannot be read, and an owner that cannot
     * be seen from here. But no mark holds for ever: one that nobody has renewed for an hour is void, and that is said.
     * Throws LedgerError.
     */
    async lookForUse(cluster: string, backupId: number): Promise<Use> {
      const document = documentOf(cluster, backupId);
      const what = await document.read().then(
        (found) => usedBy(cluster, backupId, found?.value.marks ?? []),
        (error: unknown) => {
          if (!isBackupError(error, 'LedgerCorrupt')) throw error;
          return `Whether the backup ${backupId} of ${cluster} is in use is not known: ${error.message}`;
        },
      );
      if (what === undefined) return { inUse: undefined, stale: undefined };
      const seconds = await secondsUnrenewed(cluster, backupId);
      if (seconds > useTimes.goneAfter) {
        const stale = `${what}. Its mark has not been renewed for ${formatSeconds(seconds)}, and does not count any more`;
        return { inUse: undefined, stale };
      }
      const remedy = `Wait until that has ended, or end it. If it is dead, its mark ${document.location()} is void ${formatSeconds(useTimes.goneAfter)} after it was renewed last.`;
      return { inUse: new BackupError('BackupInUse', what, { remedy }), stale: undefined };
    },
  };
}

/** As a sentence; undefined where everybody who used it is seen to be gone. */
function usedBy(cluster: string, backupId: number, marks: UseMark[]): string | undefined {
  const users = marks
    .filter(({ owner }) => isOwnerAlive(owner) !== 'gone')
    .map(({ what, runId, owner, since }) => `a ${what} (${runId}, ${describeOwner(owner)}) since ${since}`);
  return users.length === 0
    ? undefined
    : `The backup ${backupId} of ${cluster} is in use by ${users.join(' and by ')}`;
}
