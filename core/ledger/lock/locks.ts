import { BackupError } from '../../errors.ts';
import type { LockDocuments } from './document.ts';
import type { FreeLock, Lock } from './lock.ts';
import { lockLost } from './lock-lost.ts';

/** The locks of a ledger: one for each cluster. */
export function locks(lockOf: LockDocuments) {
  /** Reads the document of the lock: a held lock, the record of its release, or nothing. */
  async function readLockFile(cluster: string) {
    const found = await lockOf(cluster).read();
    const held = found && 'runId' in found.value ? found.value : undefined;
    const free = found && 'releasedBy' in found.value ? found.value : undefined;
    return { held, free, version: found?.version };
  }

  return {
    /**
     * Takes the lock if it is free. Returns the current lock, which is `wanted` or the lock of another run, and the run
     * that released it last.
     */
    async acquire(wanted: Lock): Promise<{ lock: Lock; isNew: boolean; releasedBy: string | undefined }> {
      const document = lockOf(wanted.cluster);
      // The holder may release the lock between the two calls.
      for (let attempt = 0; attempt < 5; attempt++) {
        const { held, free, version } = await readLockFile(wanted.cluster);
        const releasedBy = free?.releasedBy;
        if (held) return { lock: held, isNew: false, releasedBy };
        const taken =
          version === undefined ? await document.create(wanted) : await document.replace(wanted, version);
        if (taken) return { lock: wanted, isNew: true, releasedBy };
      }
      throw new BackupError('LedgerError', `The lock ${document.location()} keeps being taken and released`, {
        remedy: 'Check whether several schedulers start backups of this cluster concurrently.',
      });
    },

    async readLock(cluster: string): Promise<Lock | undefined> {
      return (await readLockFile(cluster)).held;
    },

    /** Reads the lock or the record of its release. There is neither if no run took it yet or a person removed it. */
    async readLockOrRelease(cluster: string): Promise<{ lock?: Lock; release?: FreeLock }> {
      const { held, free } = await readLockFile(cluster);
      return { ...(held ? { lock: held } : {}), ...(free ? { release: free } : {}) };
    },

    /**
     * Changes the lock if this run owns it. `change` may be a function of the current lock. Returns the changed lock.
     * Throws LockLost if the run does not own it, and the errors of `change`.
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
     * Releases the lock if this run owns it. Otherwise nothing happens, so a late call does no harm. `repaired` means
     * that another process releases it for the run.
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
        `The lock ${document.location()} kept changing while it was released`,
      );
    },
  };
}
