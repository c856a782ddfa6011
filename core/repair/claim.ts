/** The claim of a repair, so that only one process repairs a lock and a late one changes nothing. */
import { isDeepStrictEqual } from 'node:util';
import { isAhead, nowIso } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { Context } from '../context.ts';
import { ledgerTrouble } from '../error-names.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { describeOwner, isOwnerAlive } from '../ledger/lock/owner.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'repairer'>;

/**
 * A claim of this age was left by a process that died. A claim that is dated in the future is ignored, because it would
 * block every repair until then.
 */
const repairTakesSeconds = 300;
/** After this time a repair sends no more calls that change anything, well before another repair may begin. */
const changesWithinSeconds = 240;

/** The permission to repair a lock. */
export interface Permit {
  lock: Lock;
  /** Throws LockLost if the time is over, or if the lock or the claim on it has changed. */
  require(): Promise<void>;
  /** Sends requests. Before each request that changes something, it calls `require`. */
  http: Context['http'];
}

/**
 * Claims the repair of a lock, because a second, late repair would resume exporting during the next run's pause. The
 * permit has the lock after the claim; from then on its run cannot request a pause. Throws LockLost if another process
 * repairs it.
 */
export async function claim({ cluster, runId }: Lock, context: Needs): Promise<Permit> {
  const { ledger, clock, repairer } = context;
  const by = repairer();
  const began = instant(context);
  const claimed = await ledger.changeLock(cluster, runId, (lock) => {
    refuseIfClaimed(lock, clock);
    return { repair: { startedAt: nowIso({ clock }), ...(by ? { by } : {}) } };
  });
  return permitFor(claimed, context, began);
}

/** Makes a permit for a lock that was just read, or that was claimed since `began`. */
export function permitFor(lock: Lock, context: Needs, began = instant(context)): Permit {
  const { ledger, http } = context;
  const { cluster, runId, repair } = lock;
  const requireInTime = () => {
    const now = instant(context);
    // The monotonic clock may stop while a machine is suspended, and the wall clock may be set: the larger one counts.
    const seconds = Math.max(now.wall - began.wall, now.monotonic - began.monotonic) / 1000;
    if (seconds <= changesWithinSeconds) return;
    throw new BackupError(
      'LockLost',
      `The repair of the lock of ${cluster} took ${formatSeconds(seconds)}, and is given up: another repair or the next run may have begun`,
      { remedy: 'Check whether this machine was suspended or the ledger is slow, and look again.' },
    );
  };
  const require = async () => {
    requireInTime();
    const now = await ledger.readLock(cluster).catch((error: unknown) => {
      // Within the time no other process can have taken it, so a ledger in trouble must not leave exporting paused.
      if (!isBackupError(error, ...ledgerTrouble)) throw error;
      return lock;
    });
    if (now?.runId !== runId || !isDeepStrictEqual(now.repair, repair)) {
      throw new BackupError(
        'LockLost',
        `Another process has continued the repair of the lock of ${cluster} meanwhile`,
        { remedy: 'Look again.' },
      );
    }
    // The answer of the ledger may have taken long.
    requireInTime();
  };
  return {
    lock,
    require,
    http: async (request) => {
      if (request.method !== 'GET') await require();
      return http(request);
    },
  };
}

/** Removes only this claim, because a slow process may find the claim of another one. */
export async function dropClaim(
  { cluster, runId, repair }: Lock,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<void> {
  await ledger.changeLock(cluster, runId, (now) =>
    isDeepStrictEqual(now.repair, repair) ? { repair: undefined } : {},
  );
}

export function refuseIfClaimed({ cluster, repair }: Lock, clock: Needs['clock']): void {
  if (!repair) return;
  const { by, startedAt } = repair;
  const age = (clock.now() - Date.parse(startedAt)) / 1000;
  if (age >= repairTakesSeconds || isAhead(startedAt, clock) || (by && isOwnerAlive(by) === 'gone')) return;
  throw new BackupError(
    'LockLost',
    `The lock of ${cluster} is being repaired by ${by ? describeOwner(by) : 'the watchdog'} since ${startedAt}`,
    { remedy: 'Wait a moment and look again.' },
  );
}

function instant({ clock }: Pick<Needs, 'clock'>): { wall: number; monotonic: number } {
  return { wall: clock.now(), monotonic: performance.now() };
}
