import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';

/**
 * A memory that cannot be read would keep a cluster's age and its unexplained pause from being watched, look after look:
 * a copy of it is kept, and the watchdog begins anew. That people are to be told of this is the first that it remembers.
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
          reason: `What the watchdog remembers of ${cluster} could not be read: ${message}. It begins anew: what people were told may be told again, and what they were still to be told is only in the copy ${copy}.`,
          remedy:
            'Look into the copy for alerts that nobody has seen (`untold`). If this cluster is watched by two versions of camunda-backup, update the older one.',
        },
      },
    ],
  }));
}
