import type { Context } from '../context.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';
import { describe } from '../errors.ts';

const releaseSeconds = 15;

/** The backup is complete whatever comes of it; a lock that stays is found by the watchdog, or by the next command. */
export async function releaseAsComplete(
  { cluster }: Pick<Run, 'cluster'>,
  release: () => Promise<void>,
  context: Pick<Context, 'clock' | 'warn'>,
): Promise<void> {
  try {
    await within(releaseSeconds, release, context);
  } catch (error) {
    context.warn(`The lock of ${cluster} could not be given back: ${describe(error)}`);
  }
}
