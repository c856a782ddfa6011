import { BackupError } from '../../errors.ts';
import type { LockDocuments } from './document.ts';
import type { FreeLock, Lock } from './lock.ts';
import { lockLost } from './lock-lost.ts';

/** The locks of a ledger: one for each cluster. */
export function locks(lockOf: LockDocuments) {
  /** What lies where the lock is: a lock, what a lock left when it was given back, or nothing. */
  async function readLockFile(cluster: string) {
    const found = await lockOf(cluster).read();
    const held = found && 'runId' in found.value ? found.value : undefined;
    const free = found && 'releasedBy' in found.value ? found.value : undefined;
    return { held, free, version: found?.version };
  }

  return {
    /**
     * Takes the lock. Returns the lock that is there, the given one or the one of whoever holds it, and who gave it
     * back last.
     */
    async acquire(wanted: Lock): Promise<{ lock: Lock; isNew: boolean; releasedBy: string | undefined }> {
      const document = lockOf(wanted.cluster);
      // The holder may let go between the two calls.
      for (let attempt = 0; attempt < 5; attempt++) {
        const { held, free, version } = await readLockFile(wanted.cluster);
        const releasedBy = free?.releasedBy;
        if (held) return { lock: held, isNew: false, releasedBy };
        const taken =
          version === undefined ? await document.create(wanted) : await document.replace(wanted, version);
        if (taken) return { lock: wanted, isNew: true, releasedBy };
      }
      throw new BackupError('LedgerError', `The lock ${document.location()} comes and goes`, {
        remedy: 'Look for several schedulers that start backups of this cluster at once.',
      });
    },

    async readLock(cluster: string): Promise<Lock | undefined> {
      return (await readLockFile(cluster)).held;
    },

    /** The lock; or, where it is free, who gave it back. Neither where there never was one, or somebody removed it. */
    async readLockOrRelease(cluster: string): Promise<{ lock?: Lock; release?: FreeLock }> {
      const { held, free } = await readLockFile(cluster);
      return { ...(held ? { lock: held } : {}), ...(free ? { release: free } : {}) };
    },

    /**
     * Changes the lock if this run owns it; `change` may look at it first. Returns the lock as it is written now. Throws
     * LockLost otherwise, and what `change` throws.
     */
    async changeLock<Change extends Partial<Lock>>(
      cluster: string,
      runId: string,
      change: Change | ((lock: Lock) => Change),
    ): Promise<Lock & Change> {
      const document = lockOf(cluster);
      for (let attempt = 0; attempt < 5; attempt++) {
        const { held, version } = await readLockFile(cluster);
        if (held?.runId !== runId || version === undefined)
          throw lockLost({ cluster, runId }, held, document.location());
        const next = { ...held, ...(typeof change === 'function' ? change(held) : change) };
        if (await document.replace(next, version)) return next;
      }
      throw new BackupError(
        'LedgerError',
        `The lock ${document.location()} kept changing while it was written`,
      );
    },

    /**
     * Gives the lock back if this run owns it; nothing happens otherwise, however late the call arrives. `repaired`:
     * somebody else does it for the run.
     */
    async release(cluster: string, runId: string, { repaired = false } = {}): Promise<void> {
      const document = lockOf(cluster);
      const free: FreeLock = {
        format: 1,
        cluster,
        releasedBy: runId,
        ...(repaired ? { repaired: true } : {}),
      };
      for (let attempt = 0; attempt < 5; attempt++) {
        const { held, version } = await readLockFile(cluster);
        if (held?.runId !== runId || version === undefined) return;
        if (await document.replace(free, version)) return;
      }
      throw new BackupError(
        'LedgerError',
        `The lock ${document.location()} kept changing while it was given back`,
      );
    },

    lockLocation: (cluster: string) => lockOf(cluster).location(),
  };
}
