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

/** What lies where a cluster's lock is: a lock, or what a lock left when it was given back. */
export const lockDocuments = (store: Store, commands: Pick<Commands, 'repair'>) => (cluster: string) =>
  documentIn(store, keys.lock(cluster), lockFile, {
    remedyOf: (text) =>
      remedyForStrangeLock(purposeIn.parse(parseJson(text)), commands.repair(cluster, { force: true })),
  });
export type LockDocuments = ReturnType<typeof lockDocuments>;

/** What to do about a lock that cannot be read; `repair` is the command that frees it. */
function remedyForStrangeLock(purpose: string, repair: string): string {
  const newer = 'If a newer camunda-backup wrote it, use that one.';
  return {
    undo: `${newer} Otherwise this resumes exporting, keeps a copy of the lock and frees it: ${repair}`,
    free: `${newer} Otherwise this keeps a copy of the lock and frees it: ${repair}`,
    keep: `${newer} ${goOnWithIt}`,
  }[whenOwnerIsGone({ purpose })];
}

/** A document where the lock is that this version cannot read: a newer one has written it, or it is damaged. */
export interface UnreadableLock {
  text: string;
  version: string;
  /** Why it cannot be read, and what to do. */
  problem: BackupError;
  /** Who holds it, where that can be read all the same. */
  holder: Holder | undefined;
  /** What it is held for, as far as that can be read. */
  purpose: string;
}

const ofRun = z.object({ runId: z.string() });

/** Of locks that are only looked at, and of those that nobody can rewrite. */
export function strangeLocks(store: Store, lockOf: LockDocuments) {
  return {
    /** Who holds the lock, also where a newer version has written more into it. Throws LedgerCorrupt. */
    async readHolder(cluster: string): Promise<Holder | undefined> {
      const found = await store.read(keys.lock(cluster));
      if (!found) return undefined;
      const read = holderIn(found.text);
      const problem = read ? undefined : lockOf(cluster).problemOf(found.text);
      if (problem) throw problem;
      return read?.holder;
    },

    /** The same for those to whom a lock that cannot be read is like none. */
    async readHolderIfPossible(cluster: string): Promise<Holder | undefined> {
      const found = await store.read(keys.lock(cluster));
      return found && holderIn(found.text)?.holder;
    },

    /** Undefined where there is no lock, or one that this version can read. */
    async readUnreadableLock(cluster: string): Promise<UnreadableLock | undefined> {
      const found = await store.read(keys.lock(cluster));
      const problem = found && lockOf(cluster).problemOf(found.text);
      if (!problem) return undefined;
      const json = parseJson(found.text);
      return { ...found, problem, holder: holderIn(found.text)?.holder, purpose: purposeIn.parse(json) };
    },

    /**
     * Keeps a copy of such a lock beside it, and frees it if nobody has changed it since. `at` names the copy, whose
     * place is returned. Throws LockLost.
     */
    async setLockAside(cluster: string, { text, version }: UnreadableLock, at: string): Promise<string> {
      const copy = keys.lockAside(cluster, at);
      await store.create(copy, text);
      const runId = ofRun.safeParse(parseJson(text)).data?.runId ?? 'unknown';
      const free: FreeLock = { format: 1, cluster, releasedBy: runId, repaired: true };
      if (await lockOf(cluster).replace(free, version)) return store.location(copy);
      await store.remove(copy);
      throw new BackupError(
        'LockLost',
        `Somebody else has changed ${store.location(keys.lock(cluster))} meanwhile`,
        { remedy: 'Look again; somebody else may be repairing it.' },
      );
    },
  };
}

function holderIn(text: string): { holder: Holder | undefined } | undefined {
  const { data } = holderOrNobody.safeParse(parseJson(text));
  return data && { holder: 'runId' in data ? data : undefined };
}
