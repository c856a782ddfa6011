import { nowIso, secondsSince } from '../clock.ts';
import type { Context } from '../context.ts';
import { tellSeconds } from '../tell/tell-people.ts';
import { within } from '../within.ts';
import { isDue } from './noticed.ts';

/** Two looks may fail before people are told, since most troubles of a network pass. Looks are five minutes apart. */
const toldAfterSeconds = 9 * 60;

/**
 * Tells people that the looks at a cluster fail, once they have failed for a while. Returns true if people know; false
 * if it is too early. Throws if people could not be told, or if the ledger cannot keep since when the looks fail.
 */
export async function tellOfFailing(
  cluster: string,
  problem: { message: string; remedy?: string | undefined },
  context: Pick<Context, 'ledger' | 'clock' | 'tell'>,
): Promise<boolean> {
  const { ledger, clock } = context;
  const now = nowIso({ clock });
  await ledger.changeMemory(cluster, (memory) => ({
    watchedSince: now,
    ...memory,
    failing: memory?.failing ?? { since: now },
  }));
  const failing = (await ledger.readMemory(cluster))?.failing ?? { since: now };
  if (secondsSince(failing.since, { clock }) < toldAfterSeconds) return false;
  if (!isDue(failing.toldAt, 'failing', clock)) return true;
  const alert = {
    kind: 'watchdogFailing',
    severity: 'CRITICAL',
    cluster,
    reason: `The watchdog has not been able to look at ${cluster} since ${failing.since}: ${problem.message}. If a dead run left exporting paused, it may still be paused.`,
    ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
  } as const;
  await within(tellSeconds, () => context.tell(alert), context);
  await ledger.changeMemory(
    cluster,
    (memory) => memory && { ...memory, failing: { ...failing, toldAt: now } },
  );
  return true;
}
