import { earlyShare, maxPauseOf } from '../backup/max-pause.ts';
import { secondsSince } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import { whenOwnerIsGone } from '../ledger/lock/purpose.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { executionUrl } from '../tell/alert-message.ts';
import type { Tells } from '../tell/untold.ts';

type Needs = Pick<Context, 'ledger' | 'clock'> & { tells: Tells };

/** Tells people once of a pause that is long and not yet too long: while there is time to do something about it. */
export async function watchLongPause(
  cluster: string,
  newest: Manifest[],
  config: ClusterConfig,
  context: Needs,
): Promise<void> {
  const { ledger, tells } = context;
  const lock = await ledger.readLock(cluster);
  // What is said here of `maxPause` is true of backups only.
  if (!lock || !mayBePaused(lock) || whenOwnerIsGone(lock) !== 'undo') return;
  const { backupId, runId, pause } = lock;
  const limit = maxPauseOf(config, newest.find((manifest) => manifest.backupId === backupId)?.order);
  const seconds = secondsSince(pause.requestedAt, context);
  if (seconds < limit * earlyShare || seconds > limit) return;
  if ((await ledger.readMemory(cluster))?.toldOfLongPause === pause.requestedAt) return;
  const isTold = await tells({
    kind: 'exportingPausedForLong',
    severity: 'WARNING',
    cluster,
    backupId,
    reason: `A backup keeps exporting paused for ${formatSeconds(seconds)}; after ${formatSeconds(limit)} (\`maxPause\`) it is ended, and is FAILED. Zeebe does not compact its log meanwhile.`,
    remedy:
      'Look at the free space of the brokers’ disks, and at the component that is at work. If the disks bear it, raise `maxPause` for the next backup; if they do not, end this one.',
    execution: executionUrl(runId),
  });
  if (!isTold) return;
  const watchedSince = new Date(context.clock.now()).toISOString();
  await ledger.changeMemory(cluster, (memory) => ({
    watchedSince,
    ...memory,
    toldOfLongPause: pause.requestedAt,
  }));
}
