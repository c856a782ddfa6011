/** Marks of use. A process that works with a backup marks it, so that nothing deletes it. A mark is not a lock. */

import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';
import { formatSeconds } from '../config/duration.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import { owner } from './lock/lock.ts';
import { isOwnerAlive, runAndOwner } from './lock/owner.ts';
import type { Store } from './store/store.ts';

const mark = z.strictObject({
  runId: z.string(),
  /** What the backup is used for, such as `drill` or `verification`. */
  what: z.string().min(1),
  owner,
  since: z.iso.datetime(),
});
export type UseMark = z.infer<typeof mark>;

/** All marks of one backup. Their age comes from the ledger's own clock, as for a heartbeat. */
const usesOfBackup = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  backupId: madeId,
  marks: z.array(mark),
});

/** The times of marks, in seconds: how often a user renews its mark, and when a mark without a renewal is void. */
export const useTimes = { every: 60, goneAfter: 3600 };

/** The use of one backup. */
export interface Use {
  /** The reason why the backup must not be deleted; undefined if it may be. */
  inUse: BackupError | undefined;
  /** A warning about a void mark, as a sentence; undefined if there is none. */
  stale: string | undefined;
}

export function uses(store: Store) {
  const documentOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.use(cluster, backupId), usesOfBackup);

  /** Changes the marks. Returns false and writes nothing if `change` returns undefined. */
  async function changeMarks(
    cluster: string,
    backupId: number,
    change: (marks: UseMark[]) => UseMark[] | undefined,
  ): Promise<boolean> {
    const next = await documentOf(cluster, backupId).change(async (found) => {
      // A change renews all marks of the document, and must not revive void ones.
      const isStale = found !== undefined && (await secondsUnrenewed(cluster, backupId)) > useTimes.goneAfter;
      const marks = change(isStale ? [] : (found?.marks ?? []));
      return marks && { format: 1, cluster, backupId, marks };
    });
    return next !== undefined;
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

    /** Renews a mark. Returns false if it is missing or void; then the backup may be deleted at any moment. */
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
     * Finds out whether a backup is in use. An unreadable mark and an owner that cannot be seen from here count as use.
     * But a mark that was not renewed for an hour is void, and `stale` reports it. Throws LedgerError.
     */
    async lookForUse(cluster: string, backupId: number): Promise<Use> {
      const document = documentOf(cluster, backupId);
      const what = await document.read().then(
        (found) => usedBy(cluster, backupId, found?.value.marks ?? []),
        (error: unknown) => {
          if (!isBackupError(error, 'LedgerCorrupt')) throw error;
          return `It is not known whether the backup ${backupId} of ${cluster} is in use: ${error.message}`;
        },
      );
      if (what === undefined) return { inUse: undefined, stale: undefined };
      const seconds = await secondsUnrenewed(cluster, backupId);
      if (seconds > useTimes.goneAfter) {
        const stale = `${what}. Its mark has not been renewed for ${formatSeconds(seconds)}, and does not count any more`;
        return { inUse: undefined, stale };
      }
      const remedy = `Wait until that use has ended, or end it. If its process is dead, the mark ${document.location()} becomes void ${formatSeconds(useTimes.goneAfter)} after its last renewal.`;
      return { inUse: new BackupError('BackupInUse', what, { remedy }), stale: undefined };
    },
  };
}

/** Lists the users as a sentence; undefined if all of them are visibly gone. */
function usedBy(cluster: string, backupId: number, marks: UseMark[]): string | undefined {
  const users = marks
    .filter(({ owner }) => isOwnerAlive(owner) !== 'gone')
    .map(({ what, runId, owner, since }) => `a ${what} (${runAndOwner({ runId, owner })}) since ${since}`);
  return users.length === 0
    ? undefined
    : `The backup ${backupId} of ${cluster} is in use by ${users.join(' and by ')}`;
}
