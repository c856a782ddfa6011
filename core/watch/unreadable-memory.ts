import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';

/**
 * Replaces a memory that cannot be read, which would stop the watch over the age and over unexplained pauses for good. It
 * keeps a copy and begins a new memory, whose first entry is the alert about this.
 */
export async function beginAnewIfUnreadable(
  cluster: string,
  context: Pick<Context, 'ledger' | 'clock'>,
): Promise<void> {
  const watchedSince = nowIso(context);
  await context.ledger.setMemoryAside(cluster, watchedSince, (copy, { message }) => ({
    watchedSince,
    untold: [
      {
        runId: `watchdog-${watchedSince}`,
        alert: {
          kind: 'watchdogFailing',
          severity: 'WARNING',
          cluster,
          at: watchedSince,
          reason: `What the watchdog remembers of ${cluster} could not be read: ${message}. It begins anew: what people were told may be told again, and what they were still to be told is only in the copy ${copy}.`,
          remedy:
            'Look into the copy for alerts that nobody has seen (`untold`). If this cluster is watched by two versions of camunda-backup, update the older one.',
        },
      },
    ],
  }));
}
