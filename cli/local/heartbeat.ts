import type { Clock } from '../../core/clock.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import { BackupError, describe } from '../../core/errors.ts';
import { heartbeatTimes as times } from '../../core/ledger/heartbeat.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { within } from '../../core/within.ts';

/** The heartbeat of a run in this process: others see by it that the run lives, and the run when it may no longer. */
export interface RunHeartbeat {
  /** The lock is this run's now: writes the first heartbeat, and renews it from then on. */
  begin(): Promise<void>;
  /** The lock is given back, or the command ends. */
  end(): Promise<void>;
  /** Between the two. */
  readonly beats: boolean;
  /** Resolves when it could not be renewed for so long that the run must begin to end. */
  late: Promise<void>;
  isLate(): boolean;
  /** Resolves when also the way back is over, for good: whoever finds the lock may take it. */
  silent: Promise<void>;
  isSilent(): boolean;
  /** Why the run ends. */
  failure(): BackupError;
  /** Is called before everything that changes something. Throws HeartbeatLost when it is too late for that. */
  beforeChange(during: 'run' | 'wayBack'): void;
}

interface Instant {
  wall: number;
  monotonic: number;
}

/** How often it is looked whether it is late: a machine that was suspended does not notice it by its timers. */
const lookEverySeconds = 2;
/** For a renewal that is under way at the end. */
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
  /** In milliseconds. It stands still in a machine that is suspended; the clock may be set. */
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
    // The moment before: the ledger may have written it long before its answer is here.
    const at = now();
    const beatAt = new Date(at.wall).toISOString();
    if (await ledger.beat({ format: 1, cluster, runId, beatAt }, { first })) {
      last = at;
      problem = undefined;
      return;
    }
    problem = 'another run has written its own';
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
      // A ledger that is silent keeps its renewal: nothing depends on it any more.
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
        `This run could not renew its heartbeat in the ledger for ${formatSeconds(longest)}${why}. It ends, because others will take it for dead`,
        {
          remedy:
            'See that the ledger can be reached and written, and that this machine does not stand still; then start a new backup.',
        },
      );
    },
    beforeChange(during) {
      look();
      if (during === 'run' ? isLate : isSilent) throw this.failure();
    },
  };
}

/** A ledger whose lock brings the heartbeat along: it begins and ends with it. */
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
