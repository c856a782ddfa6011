import type { Alert } from '../alert.ts';
import { maxPauseOf } from '../backup/max-pause.ts';
import { isAhead, nowIso, secondsSince } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import type { Holder } from '../ledger/lock/holder.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import { unwrittenResume } from '../ledger/lock/unwritten-resume.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { isDue, type Moment, type Noticed, nothing } from './noticed.ts';
import { type UnexplainedPause, unexplainedSince } from './unexplained-pause.ts';

/** For how long exporting has been paused, and what is not known of that, as sentences. */
export interface SeenPause {
  /** null if the pause is dated in the future, or if it is not known whether there is one. */
  seconds: number | null;
  unknown: string[];
  /** The run that holds the lock, if it has paused exporting. */
  by: Holder | undefined;
}

export function pauseOf(
  holder: Holder | undefined,
  seen: UnexplainedPause,
  memory: WatchMemory,
  { clock, unwritten }: { clock: Moment } & Pick<Context, 'unwritten'>,
): SeenPause {
  const by = holder && mayBePaused(holder) && !unwrittenResume(holder, { unwritten }) ? holder : undefined;
  const since = by ? by.pause.requestedAt : unexplainedSince(seen, memory, clock);
  const unknown = seen.is === 'unknown' ? seen.unknown : [];
  if (!since) {
    const why = unknown.map((one) => `whether exporting is paused is not known: ${one}`);
    return { seconds: unknown.length > 0 ? null : 0, unknown: why, by };
  }
  const seconds = isAhead(since, clock) ? null : secondsSince(since, { clock });
  const why = unknown.map((one) => `whether exporting is still paused is not known: ${one}`);
  return { seconds, unknown: why, by };
}

interface Overlong extends Pick<Context, 'commands'> {
  pause: SeenPause;
  config: ClusterConfig;
  alive: 'alive' | 'unknown';
}

/**
 * Notices a pause that is longer than `maxPause` and that the watchdog does not end, such as that of a restore. The caller
 * omits it for a pause that the same look has reported already.
 */
export function noticeOverlongPause(
  { pause, config, commands, alive }: Overlong,
  { toldOfOverlongPauseAt }: Pick<WatchMemory, 'toldOfOverlongPauseAt'>,
  clock: Moment,
): Noticed {
  const { seconds, by } = pause;
  const limit = maxPauseOf(config);
  if (!by || seconds === null || seconds <= limit) {
    return { alerts: [], memory: { toldOfOverlongPauseAt: undefined } };
  }
  if (!isDue(toldOfOverlongPauseAt, 'overlongPause', clock)) return nothing;
  const { message, remedy } = heldBy(by, alive, commands);
  const alert: Alert = {
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster: by.cluster,
    backupId: by.backupId,
    reason: `Exporting is paused for ${formatSeconds(seconds)}, longer than \`maxPause\` (${formatSeconds(limit)}), and the brokers' disks fill up until it is resumed. ${message}`,
    remedy,
    execution: executionUrl(by.runId),
  };
  return { alerts: [{ alert, told: { toldOfOverlongPauseAt: nowIso({ clock }) } }], memory: {} };
}
