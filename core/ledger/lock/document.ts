import * as z from 'zod';
import type { Commands } from '../../commands.ts';
import { BackupError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { documentIn } from '../document.ts';
import * as keys from '../keys.ts';
import type { Store } from '../store/store.ts';
import { lockFile } from './formats.ts';
import { type Holder, holderOrNobody, purposeIn } from './holder.ts';
import type { FreeLock } from './lock.ts';
import { goOnWithIt, whenOwnerIsGone } from './purpose.ts';

/** The document of a cluster's lock: a lock, or the record of its release. */
export const lockDocuments = (store: Store, commands: Pick<Commands, 'repair'>) => (cluster: string) =>
  documentIn(store, keys.lock(cluster), lockFile, {
    remedyOf: (text) =>
      remedyForStrangeLock(purposeIn.parse(parseJson(text)), commands.repair(cluster, { force: true })),
  });
export type LockDocuments = ReturnType<typeof lockDocuments>;

/** Makes the remedy for a lock that cannot be read. `repair` is the command that frees it. */
function remedyForStrangeLock(purpose: string, repair: string): string {
  const newer = 'If a newer camunda-backup wrote it, use that one.';
  return {
    undo: `${newer} Otherwise this command resumes exporting, keeps a copy of the lock and frees it: ${repair}`,
    free: `${newer} Otherwise this command keeps a copy of the lock and frees it: ${repair}`,
    keep: `${newer} ${goOnWithIt}`,
  }[whenOwnerIsGone({ purpose })];
}

/** A lock that this version cannot read, because a newer version has written it or it is damaged. */
export interface UnreadableLock {
  text: string;
  version: string;
  /** The reason why it cannot be read, with a remedy. */
  problem: BackupError;
  /** The holder, if that part can still be read. */
  holder: Holder | undefined;
  /** The purpose, as far as it can be read. */
  purpose: string;
  /** The run that it names, if its id can be read. */
  run: ShownRun | undefined;
}

/** The run that a lock names. A later version may write the id of a backup in another form. */
const shownRun = z.object({
  runId: z.string(),
  backupId: z.union([z.number(), z.string()]).optional().catch(undefined),
});
type ShownRun = z.infer<typeof shownRun>;

/** The operations on locks that this version only reads, and on those that it cannot read. */
export function strangeLocks(store: Store, lockOf: LockDocuments) {
  return {
    /** Reads the holder of the lock, even if a newer version has added fields. Throws LedgerCorrupt. */
    async readHolder(cluster: string): Promise<Holder | undefined> {
      const found = await store.read(keys.lock(cluster));
      if (!found) return undefined;
      const read = holderIn(found.text);
      const problem = read ? undefined : lockOf(cluster).problemOf(found.text);
      if (problem) throw problem;
      return read?.holder;
    },

    /** Reads the holder of the lock; undefined if there is none or it cannot be read. */
    async readHolderIfPossible(cluster: string): Promise<Holder | undefined> {
      const found = await store.read(keys.lock(cluster));
      return found && holderIn(found.text)?.holder;
    },

    /** Reads a lock that is unreadable; undefined if there is no lock or this version can read it. */
    async readUnreadableLock(cluster: string): Promise<UnreadableLock | undefined> {
      const found = await store.read(keys.lock(cluster));
      const problem = found && lockOf(cluster).problemOf(found.text);
      if (!problem) return undefined;
      const json = parseJson(found.text);
      return {
        ...found,
        problem,
        holder: holderIn(found.text)?.holder,
        purpose: purposeIn.parse(json),
        run: shownRun.safeParse(json).data,
      };
    },

    /**
     * Keeps a copy of an unreadable lock and frees it if it has not changed since it was read. The name of the copy
     * contains `at`. Returns the location of the copy. Throws LockLost.
     */
    async setLockAside(cluster: string, { text, version, run }: UnreadableLock, at: string): Promise<string> {
      const copy = keys.lockAside(cluster, at);
      await store.create(copy, text);
      const free: FreeLock = { format: 1, cluster, releasedBy: run?.runId ?? 'unknown', repaired: true };
      if (await lockOf(cluster).replace(free, version)) return store.location(copy);
      // The functions may delete nothing, and a copy too many does no harm.
      await store.remove(copy).catch(() => undefined);
      throw new BackupError(
        'LockLost',
        `Another process has changed ${store.location(keys.lock(cluster))} meanwhile`,
        { remedy: 'Look again; another process may be repairing it.' },
      );
    },
  };
}

function holderIn(text: string): { holder: Holder | undefined } | undefined {
  const { data } = holderOrNobody.safeParse(parseJson(text));
  return data && { holder: 'runId' in data ? data : undefined };
}
