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
 * The mark of a verification on a backup: what is deleted meanwhile would look damaged. A ledger that cannot be written
 * prevents no verification.
 */
export function useMark(
  { cluster, backupId, runId }: { cluster: string; backupId: number; runId: string },
  context: Pick<Context, 'ledger' | 'clock' | 'warn'>,
) {
  const { ledger, warn } = context;
  const attempt = async (what: string, change: () => Promise<unknown>) => {
    try {
      await change();
    } catch (error) {
      warn(`The backup ${backupId} could not be ${what} as in use by its verification: ${describe(error)}`);
    }
  };
  return {
    set: (owner: Owner) =>
      attempt('marked', () =>
        ledger.markUse(cluster, backupId, { runId, owner, what: 'verification', since: nowIso(context) }),
      ),
    /** Does nothing to a backup that is not marked. */
    renew: () => attempt('marked', () => ledger.renewUse(cluster, backupId, runId)),
    end: () => attempt('released', () => ledger.endUse(cluster, backupId, runId)),
  };
}

/**
 * Marks a backup as in use while `work` looks at it. `work` calls its argument as it goes on, which renews the mark from
 * time to time. Undefined marks nothing.
 */
export async function whileInUse<T>(
  of: { cluster: string; backupId: number; by: Verifier } | undefined,
  work: (goesOn: () => void) => Promise<T>,
  context: Pick<Context, 'ledger' | 'clock' | 'warn'>,
): Promise<T> {
  if (!of) return work(() => undefined);
  const { clock } = context;
  const { by, ...backup } = of;
  const mark = useMark({ ...backup, runId: by.runId }, context);
  await mark.set(by.owner);
  let renewedAt = clock.now();
  let renewing = Promise.resolve();
  const goesOn = () => {
    if (clock.now() - renewedAt < useTimes.every * 1000) return;
    renewedAt = clock.now();
    renewing = renewing.then(mark.renew);
  };
  try {
    return await work(goesOn);
  } finally {
    await renewing;
    await mark.end();
  }
}
