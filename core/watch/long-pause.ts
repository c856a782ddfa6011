import { earlyShare, maxPauseOf } from '../backup/max-pause.ts';
import { secondsSince } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Holder } from '../ledger/lock/holder.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import { whenOwnerIsGone } from '../ledger/lock/purpose.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { type Moment, type Noticed, nothing } from './noticed.ts';

/** Notices a pause that is long but not yet too long. People get one alert while there is still time to act. */
export function noticeLongPause(
  { holder, newest, config }: { holder: Holder | undefined; newest: Manifest[]; config: ClusterConfig },
  { toldOfLongPause }: Pick<WatchMemory, 'toldOfLongPause'>,
  clock: Moment,
): Noticed {
  // Only a backup is ended at `maxPause`.
  if (!holder || !mayBePaused(holder) || whenOwnerIsGone(holder) !== 'undo') return nothing;
  const { cluster, backupId, runId, pause } = holder;
  const limit = maxPauseOf(config, newest.find((manifest) => manifest.backupId === backupId)?.order);
  const seconds = secondsSince(pause.requestedAt, { clock });
  if (seconds < limit * earlyShare || seconds > limit) return nothing;
  if (toldOfLongPause === pause.requestedAt) return nothing;
  const alert = {
    kind: 'exportingPausedForLong',
    severity: 'WARNING',
    cluster,
    backupId,
    reason: `A backup keeps exporting paused for ${formatSeconds(seconds)}; after ${formatSeconds(limit)} (\`maxPause\`) the backup is ended and is FAILED. Zeebe does not compact its log in the meantime.`,
    remedy:
      'Look at the free space of the brokers’ disks, and at the component that is at work. If the disks bear it, raise `maxPause` for the next backup; if they do not, end this one.',
    execution: executionUrl(runId),
  } as const;
  return { alerts: [{ alert, told: { toldOfLongPause: pause.requestedAt } }], memory: {} };
}
