import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { Owner } from '../ledger/lock/lock.ts';
import { useTimes } from '../ledger/use.ts';

/** Who verifies, for the mark that keeps a backup from being deleted meanwhile. */
export interface Verifier {
  runId: string;
  owner: Owner;
}

/**
 * Marks a backup as in use while `work` looks at it: what is deleted meanwhile would look damaged. `work` calls its argument
 * as it goes on, which renews the mark from time to time. Undefined marks nothing. A ledger that cannot be written prevents no verification.
 */
export async function whileInUse<T>(
  of: { cluster: string; backupId: number; by: Verifier } | undefined,
  work: (goesOn: () => void) => Promise<T>,
  context: Pick<Context, 'ledger' | 'clock' | 'warn'>,
): Promise<T> {
  if (!of) return work(() => undefined);
  const { cluster, backupId, by } = of;
  const { ledger, clock, warn } = context;
  const attempt = async (what: string, change: () => Promise<unknown>) => {
    try {
      await change();
    } catch (error) {
      warn(`The backup ${backupId} could not be ${what} as in use by its verification: ${describe(error)}`);
    }
  };
  await attempt('marked', () =>
    ledger.markUse(cluster, backupId, { ...by, what: 'verification', since: nowIso(context) }),
  );
  let renewedAt = clock.now();
  let renewing = Promise.resolve();
  const goesOn = () => {
    if (clock.now() - renewedAt < useTimes.every * 1000) return;
    renewedAt = clock.now();
    renewing = renewing.then(() => attempt('marked', () => ledger.renewUse(cluster, backupId, by.runId)));
  };
  try {
    return await work(goesOn);
  } finally {
    await renewing;
    await attempt('released', () => ledger.endUse(cluster, backupId, by.runId));
  }
}
