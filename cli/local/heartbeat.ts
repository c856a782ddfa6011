import type { Clock } from '../../core/clock.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import { BackupError, describe } from '../../core/errors.ts';
import { heartbeatTimes as times } from '../../core/ledger/heartbeat.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { within } from '../../core/within.ts';

/**
 * The heartbeat of a run in this process. It shows other processes that the run is alive, and the run when it must end.
 */
export interface RunHeartbeat {
  /** Writes the first heartbeat when the run has taken the lock, and renews it from then on. */
  begin(): Promise<void>;
  /** Stops the heartbeat when the lock is released or the command ends. */
  end(): Promise<void>;
  /** True between `begin` and `end`. */
  readonly beats: boolean;
  /** Resolves when the heartbeat was not renewed for so long that the run must begin its way back. */
  late: Promise<void>;
  isLate(): boolean;
  /** Resolves when the time for the way back is over, too: from now on, any other process may take the lock. */
  silent: Promise<void>;
  isSilent(): boolean;
  /** The reason why the run ends. */
  failure(): BackupError;
  /** Is called before every call that changes something. Throws HeartbeatLost if it is too late for a change. */
  beforeChange(during: 'run' | 'wayBack'): void;
}

interface Instant {
  wall: number;
  monotonic: number;
}

/**
 * The interval of the checks whether the heartbeat is late. Timers alone do not notice that a machine was suspended.
 */
const lookEverySeconds = 2;
/** The longest wait at the end for a renewal that is under way. */
const patienceAtTheEndSeconds = 5;

export function heartbeatOf({
  ledger,
  cluster,
  runId,
  clock,
  monotonic = () => performance.now(),
  warn,
}: {
  ledger: Pick<Ledger, 'beat'>;
  cluster: string;
  runId: string;
  clock: Clock;
  /** In milliseconds. It stops while the machine is suspended; but unlike the clock, a person cannot set it. */
  monotonic?: () => number;
  warn: (text: string) => void;
}): RunHeartbeat {
  const late = Promise.withResolvers<void>();
  const silent = Promise.withResolvers<void>();
  const ended = new AbortController();
  let last: Instant | undefined;
  let problem: string | undefined;
  let isLate = false;
  let isSilent = false;
  let longest = 0;
  let work: Promise<unknown> = Promise.resolve();

  const now = (): Instant => ({ wall: clock.now(), monotonic: monotonic() });
  const secondsWithout = () => {
    if (!last) return 0;
    const { wall, monotonic } = now();
    return Math.max(wall - last.wall, monotonic - last.monotonic) / 1000;
  };

  function look(): void {
    if (ended.signal.aborted) return;
    longest = Math.max(longest, secondsWithout());
    if (longest >= times.wayBackAfter) becomeLate();
    if (longest >= times.silentAfter) becomeSilent();
  }

  function becomeLate(): void {
    isLate = true;
    late.resolve();
  }

  function becomeSilent(): void {
    becomeLate();
    isSilent = true;
    silent.resolve();
  }

  async function beat(first: boolean): Promise<void> {
    // The time before the call counts, because the answer may come long after the ledger has written the heartbeat.
    const at = now();
    const beatAt = new Date(at.wall).toISOString();
    if (await ledger.beat({ format: 1, cluster, runId, beatAt }, { first })) {
      last = at;
      problem = undefined;
      return;
    }
    problem = 'another run has written its own heartbeat';
    becomeSilent();
  }

  async function renew(): Promise<void> {
    try {
      await beat(false);
    } catch (error) {
      if (problem === undefined) {
        warn(`The heartbeat of this run could not be renewed, and is tried again: ${describe(error)}`);
      }
      problem = describe(error);
    }
  }

  async function every(seconds: number, act: () => Promise<void> | void): Promise<void> {
    for (;;) {
      await clock.sleep(seconds * 1000, ended.signal);
      look();
      if (ended.signal.aborted || isSilent) return;
      await act();
    }
  }

  return {
    late: late.promise,
    silent: silent.promise,
    get beats() {
      return last !== undefined && !ended.signal.aborted;
    },
    async begin() {
      if (last) return;
      await beat(true);
      work = Promise.all([every(times.every, renew), every(lookEverySeconds, () => {})]);
    },
    async end() {
      ended.abort();
      // A renewal that hangs is left behind, because nothing depends on it any more.
      await within(patienceAtTheEndSeconds, () => work, { clock }).catch(() => undefined);
    },
    isLate() {
      look();
      return isLate;
    },
    isSilent() {
      look();
      return isSilent;
    },
    failure() {
      const why = problem === undefined ? '' : ` (${problem})`;
      return new BackupError(
        'HeartbeatLost',
        `This run could not renew its heartbeat in the ledger for ${formatSeconds(longest)}${why}. It ends, because other processes will take it for dead`,
        {
          remedy:
            'Make sure that the ledger can be reached and written, and that this machine is not suspended. Then start a new backup.',
        },
      );
    },
    beforeChange(during) {
      look();
      if (during === 'run' ? isLate : isSilent) throw this.failure();
    },
  };
}

/** A ledger that begins the heartbeat when it takes the lock, and ends it when it releases the lock. */
export function withHeartbeat(ledger: Ledger, heartbeat: RunHeartbeat): Ledger {
  return {
    ...ledger,
    async acquire(wanted) {
      const acquired = await ledger.acquire(wanted);
      if (acquired.lock.runId === wanted.runId) await heartbeat.begin();
      return acquired;
    },
    async release(cluster, runId, how) {
      await ledger.release(cluster, runId, how);
      await heartbeat.end();
    },
  };
}
