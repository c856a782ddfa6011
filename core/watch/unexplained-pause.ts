import type { Alert } from '../alert.ts';
import { maxUnexplainedPauseOf } from '../backup/max-pause.ts';
import { lookAtExporting } from '../checks/exporting.ts';
import { isAhead, secondsSince } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { resumeByHand, waysToResume } from '../connect/by-hand.ts';
import type { Context } from '../context.ts';
import { ledgerTrouble } from '../error-names.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { UnreadableLock } from '../ledger/lock/document.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import type { Holder } from '../ledger/lock/holder.ts';
import { whenOwnerIsGone } from '../ledger/lock/purpose.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import type { Tells } from '../tell/untold.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets' | 'commands'> & { tells: Tells };

/** Since when it was seen, and why it is not known whether there is one now, as sentences. */
interface UnexplainedPause {
  since: string | undefined;
  unknown: string[];
}

const none: UnexplainedPause = { since: undefined, unknown: [] };
const repeatAfterSeconds = 3600;
/** A cluster that is down must not keep the other clusters waiting. */
const patienceSeconds = 10;

/**
 * Notices that exporting is paused although no run of this ledger has paused it: its lock was removed or lost, or it
 * is somebody else's pause. Only told, and only when it lasts for longer than `maxPause`: it may be wanted.
 */
export async function watchUnexplainedPause(
  cluster: string,
  config: ClusterConfig,
  context: Needs,
): Promise<UnexplainedPause> {
  const { ledger, clock, tells } = context;
  const watchedSince = new Date(clock.now()).toISOString();
  const memory = (await ledger.readMemory(cluster)) ?? { watchedSince };
  const { unexplainedPauseSince, toldOfPauseAt } = memory;
  const remember = (seen: Pick<WatchMemory, 'unexplainedPauseSince' | 'toldOfPauseAt'>) =>
    ledger.changeMemory(cluster, (now) => {
      const { unexplainedPauseSince: _, toldOfPauseAt: __, ...rest } = now ?? memory;
      return { ...rest, ...seen };
    });
  const forget = async () => {
    if (unexplainedPauseSince) await remember({});
    return none;
  };
  // A lock that cannot be read explains no pause.
  const before = await ledger.readHolderIfPossible(cluster);
  // What a run has paused its own alerts tell of.
  if (before && hasPaused(before)) return forget();
  // A run pauses only what it has seen exporting. One that has not paused for as long, or that never will, explains none.
  if (before && mayStillPause(before, config, context)) return none;
  const { state, paused, unknown } = await lookAtExporting(config, context, patienceSeconds);
  if (state === 'EXPORTING') return forget();
  if (state === 'UNKNOWN') return { since: unexplainedPauseSince, unknown };
  // A run that has begun since may have paused it.
  const after = await ledger.readHolderIfPossible(cluster);
  if (after && (after.runId !== before?.runId || hasPaused(after))) return none;
  const now = new Date(clock.now()).toISOString();
  const since = unexplainedPauseSince && !isAhead(unexplainedPauseSince, clock) ? unexplainedPauseSince : now;
  const next = { unexplainedPauseSince: since, ...(toldOfPauseAt ? { toldOfPauseAt } : {}) };
  const isTold =
    toldOfPauseAt !== undefined &&
    !isAhead(toldOfPauseAt, clock) &&
    secondsFrom(toldOfPauseAt, now) < repeatAfterSeconds;
  if (secondsFrom(since, now) > maxUnexplainedPauseOf(config) && !isTold) {
    const unreadable = await ledger.readUnreadableLock(cluster);
    const alert = alertOf(
      paused,
      secondsFrom(since, now),
      { cluster, config, unreadable, holder: after },
      context,
    );
    if (await tells(alert)) next.toldOfPauseAt = now;
  }
  try {
    await remember(next);
  } catch (error) {
    // Nobody would ever be told: only what is remembered lasts for longer than a look.
    throw isBackupError(error, ...ledgerTrouble)
      ? unremembered(error, paused, cluster, config, context)
      : error;
  }
  return { since, unknown: [] };
}

function unremembered(
  trouble: BackupError,
  paused: string[],
  cluster: string,
  config: ClusterConfig,
  { commands }: Needs,
): BackupError {
  const ways = waysToResume(cluster, config.zeebe, commands, { isLedgerEmpty: false }).join('\n');
  return new BackupError(
    trouble.name,
    `Exporting is paused, and no run of this ledger is known to have paused it: ${paused.join(', ')}. Since when could not be written down: ${trouble.message}\n${ways}`,
    { cause: trouble, ...(trouble.remedy ? { remedy: trouble.remedy } : {}) },
  );
}

function alertOf(
  paused: string[],
  seconds: number,
  {
    cluster,
    config,
    unreadable,
    holder,
  }: {
    cluster: string;
    config: ClusterConfig;
    unreadable: UnreadableLock | undefined;
    holder: Holder | undefined;
  },
  { commands }: Needs,
): Alert {
  const held = holder && heldBy(holder, 'unknown', commands);
  return {
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster,
    reason: `Exporting is paused for ${formatSeconds(seconds)} at least, longer than \`maxPause\` (${formatSeconds(maxUnexplainedPauseOf(config))}), and ${unreadable ? 'the lock that could say who has paused it cannot be read' : 'no run of this ledger has paused it'}: ${paused.join(', ')}.${held ? ` ${held.message}` : ''} It is not resumed from here: somebody may need it.`,
    remedy:
      unreadable?.problem.remedy ??
      // The command that ends a pause refuses as long as somebody holds the lock.
      (held
        ? [held.remedy, resumeByHand(config.zeebe)]
        : waysToResume(cluster, config.zeebe, commands, { isLedgerEmpty: false })
      ).join(' '),
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

function secondsFrom(instant: string, now: string): number {
  return (Date.parse(now) - Date.parse(instant)) / 1000;
}
