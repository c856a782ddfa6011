import type { Alert } from '../alert.ts';
import { maxUnexplainedPauseOf } from '../backup/max-pause.ts';
import { lookAtExporting } from '../checks/exporting.ts';
import { isAhead, nowIso, secondsSince } from '../clock.ts';
import type { Commands } from '../commands.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import type { Holder } from '../ledger/lock/holder.ts';
import { lookForRun } from '../ledger/lock/owner.ts';
import { whenOwnerIsGone } from '../ledger/lock/purpose.ts';
import { type HeldLock, readHeldLock, waysToResume } from '../ledger/lock/ways-to-resume.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import type { Executions } from './lock.ts';
import { isDue, type Moment, type Noticed, nothing } from './noticed.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'> & { executions: Executions };

/** A pause that no run explains, as the cluster shows it. */
interface Unexplained {
  is: 'unexplained';
  /** Every replica that is seen to be paused, as sentences. */
  paused: string[];
  /** The lock, if somebody holds it without having paused. */
  lock: HeldLock | undefined;
}

/** What is known of a pause that no run explains. */
export type UnexplainedPause =
  | { is: 'absent' }
  /** A run that is at work may have made it, or may do so yet. */
  | { is: 'possible' }
  | { is: 'unknown'; unknown: string[] }
  | Unexplained;

/** A cluster that is down must not keep the other clusters waiting. */
const patienceSeconds = 10;

/** Asks the cluster whether exporting is paused although `holder`, which has the lock, has not paused it. */
export async function askForUnexplainedPause(
  cluster: string,
  config: ClusterConfig,
  holder: Holder | undefined,
  context: Needs,
): Promise<UnexplainedPause> {
  const { ledger } = context;
  // What a run has paused its own alerts tell of.
  if (holder && hasPaused(holder)) return { is: 'absent' };
  // A run pauses only what it has seen exporting. One that has not paused for as long, or that never will, explains none.
  if (holder && mayStillPause(holder, config, context)) return { is: 'possible' };
  const { state, paused, unknown } = await lookAtExporting(config, context, patienceSeconds);
  if (state === 'EXPORTING') return { is: 'absent' };
  if (state === 'UNKNOWN') return { is: 'unknown', unknown };
  // A run that has begun since may have paused it.
  const after = await ledger.readHolderIfPossible(cluster);
  if (after && (after.runId !== holder?.runId || hasPaused(after))) return { is: 'possible' };
  // A lock that cannot be read explains no pause.
  // People are told of the pause also if nobody can say whether the holder is alive.
  const aliveOf = (held: Holder) =>
    lookForRun(held, context).then(
      ({ alive }) => alive,
      () => 'unknown' as const,
    );
  const lock = await readHeldLock(cluster, context, aliveOf);
  return { is: 'unexplained', paused, lock };
}

/** Since when it was seen; undefined if it is not there, or was never seen. */
export function unexplainedSince(
  seen: UnexplainedPause,
  { unexplainedPauseSince: before }: Pick<WatchMemory, 'unexplainedPauseSince'>,
  clock: Moment,
): string | undefined {
  if (seen.is === 'unknown') return before;
  if (seen.is !== 'unexplained') return undefined;
  return before && !isAhead(before, clock) ? before : nowIso({ clock });
}

/**
 * Notices that exporting is paused although no run of this ledger has paused it: its lock was removed or lost, or it
 * is somebody else's pause. Only told, and only when it lasts for longer than `maxPause`: it may be wanted.
 */
export function noticeUnexplainedPause(
  { cluster, config, seen, commands }: Facts & { seen: UnexplainedPause },
  memory: Pick<WatchMemory, 'unexplainedPauseSince' | 'toldOfPauseAt'>,
  clock: Moment,
): Noticed {
  if (seen.is === 'absent') {
    return { alerts: [], memory: { unexplainedPauseSince: undefined, toldOfPauseAt: undefined } };
  }
  const since = unexplainedSince(seen, memory, clock);
  if (seen.is !== 'unexplained' || since === undefined) return nothing;
  const seconds = secondsSince(since, { clock });
  const isTime = seconds > maxUnexplainedPauseOf(config);
  return {
    memory: { unexplainedPauseSince: since },
    alerts:
      isTime && isDue(memory.toldOfPauseAt, 'unexplainedPause', clock)
        ? [
            {
              alert: unexplainedPauseAlert(seen, seconds, { cluster, config, commands }),
              told: { toldOfPauseAt: nowIso({ clock }) },
            },
          ]
        : [],
  };
}

interface Facts {
  cluster: string;
  config: ClusterConfig;
  commands: Commands;
}

/** Nobody would ever be told: only what is remembered lasts for longer than a look. */
export function unremembered(
  trouble: BackupError,
  { paused, lock }: Unexplained,
  { cluster, config, commands }: Facts,
): BackupError {
  const ways = waysToResume(cluster, config.zeebe, commands, { lock }).join('\n');
  return new BackupError(
    trouble.name,
    `Exporting is paused, and no run of this ledger is known to have paused it: ${paused.join(', ')}. Since when could not be written down: ${trouble.message}\n${ways}`,
    { cause: trouble, remedy: trouble.remedy },
  );
}

function unexplainedPauseAlert(
  { paused, lock }: Unexplained,
  seconds: number,
  { cluster, config, commands }: Facts,
): Alert {
  const held = lock?.holder && heldBy(lock.holder, lock.alive, commands);
  return {
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster,
    reason: `Exporting is paused for ${formatSeconds(seconds)} at least, longer than \`maxPause\` (${formatSeconds(maxUnexplainedPauseOf(config))}), and ${lock?.unreadable ? 'the lock that could say who has paused it cannot be read' : 'no run of this ledger has paused it'}: ${paused.join(', ')}.${held ? ` ${held.message}` : ''} It is not resumed from here: somebody may need it.`,
    remedy: waysToResume(cluster, config.zeebe, commands, { lock }).join(' '),
  };
}

/** Whether the run that holds the lock has paused exporting, and ends that, or whoever repairs it does. */
function hasPaused(holder: Holder): boolean {
  return whenOwnerIsGone(holder) === 'undo' && holder.pause !== undefined;
}

function mayStillPause(holder: Holder, config: ClusterConfig, context: Pick<Context, 'clock'>): boolean {
  if (whenOwnerIsGone(holder) !== 'undo') return false;
  return secondsSince(holder.acquiredAt, context) <= maxUnexplainedPauseOf(config);
}
