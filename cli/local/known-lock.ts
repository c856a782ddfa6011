import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Lock } from '../../core/ledger/lock/lock.ts';

/** The lock of a run as this process wrote it last. It is known even while the ledger does not answer. */
export interface KnownLock {
  lock: () => Lock | undefined;
  /** Wraps the ledger through which the run takes and changes its lock. */
  watch: (ledger: Ledger) => Ledger;
}

export function knownLock(runId: string): KnownLock {
  let known: Lock | undefined;
  const keep = <Written extends Lock>(lock: Written): Written => {
    if (lock.runId === runId) known = lock;
    return lock;
  };
  return {
    lock: () => known,
    watch: (ledger) => ({
      ...ledger,
      async acquire(wanted) {
        const acquired = await ledger.acquire(wanted);
        keep(acquired.lock);
        return acquired;
      },
      changeLock: async (cluster, owner, change) => keep(await ledger.changeLock(cluster, owner, change)),
    }),
  };
}
