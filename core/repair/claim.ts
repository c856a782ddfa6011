/** One repairer at a time, and none that is late. */
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
 * One repairer at a time; whoever began this long ago has died meanwhile. A claim that is dated in the future would keep
 * everybody away for as long: it keeps nobody away.
 */
const repairTakesSeconds = 300;
/** A repairer sends nothing more that changes anything, long enough before another one may begin. */
const changesWithinSeconds = 240;

/** What a repairer may do. */
export interface Permit {
  lock: Lock;
  /** Throws LockLost where it is too late, or where the lock or the claim on it is not the same any more. */
  require(): Promise<void>;
  /** Is asked for permission before everything that changes something. */
  http: Context['http'];
}

/**
 * Only one repairs: a second one, late, would resume exporting under the next run's pause. The lock is as it is then:
 * its run cannot ask for a pause any more. Throws LockLost when another is at it.
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

/** For a lock that has just been read, or claimed since `began`. */
export function permitFor(lock: Lock, context: Needs, began = instant(context)): Permit {
  const { ledger, http } = context;
  const { cluster, runId, repair } = lock;
  const requireInTime = () => {
    const now = instant(context);
    // A machine that was suspended does not see it by the one, and a clock that is set shows nothing by the other.
    const seconds = Math.max(now.wall - began.wall, now.monotonic - began.monotonic) / 1000;
    if (seconds <= changesWithinSeconds) return;
    throw new BackupError(
      'LockLost',
      `The repair of the lock of ${cluster} took ${formatSeconds(seconds)}, and is given up: somebody else may be at it, or the next run`,
      { remedy: 'See whether this machine stands still, or the ledger is slow, and look again.' },
    );
  };
  const require = async () => {
    requireInTime();
    const now = await ledger.readLock(cluster).catch((error: unknown) => {
      // In time, nobody else has taken it: what cannot be read now is no reason to leave exporting paused.
      if (!isBackupError(error, ...ledgerTrouble)) throw error;
      return lock;
    });
    if (now?.runId !== runId || !isDeepStrictEqual(now.repair, repair)) {
      throw new BackupError(
        'LockLost',
        `Somebody else has gone on with the repair of the lock of ${cluster} meanwhile`,
        { remedy: 'Look again.' },
      );
    }
    // The ledger may have taken its time.
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

/** Only this claim: whoever was slow may find another one's. */
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
