import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';

const releaseSeconds = 15;

/**
 * Releases the lock of a complete backup. An error is only a warning, because the watchdog or the next command frees
 * it.
 */
export async function releaseAsComplete(
  { cluster }: Pick<Run, 'cluster'>,
  release: () => Promise<void>,
  context: Pick<Context, 'clock' | 'warn'>,
): Promise<void> {
  try {
    await within(releaseSeconds, release, context);
  } catch (error) {
    context.warn(`The lock of ${cluster} could not be released: ${describe(error)}`);
  }
}
