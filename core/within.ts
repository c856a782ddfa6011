import type { Clock } from './clock.ts';
import { BackupError } from './errors.ts';

/**
 * Returns the result of `work` if it ends within `seconds`. Otherwise throws Unreachable, or the error that `tooLate`
 * makes, and does not wait for the rest of the work.
 */
export async function within<T>(
  seconds: number,
  work: () => Promise<T>,
  { clock }: { clock: Clock },
  tooLate: () => Error = () => new BackupError('Unreachable', `there was no answer within ${seconds} s`),
): Promise<T> {
  const over = new AbortController();
  const late = clock.sleep(seconds * 1000, over.signal).then((): never => {
    if (over.signal.aborted) throw over.signal.reason;
    throw tooLate();
  });
  // Without this, a rejection after the race would count as unhandled.
  late.catch(() => undefined);
  try {
    return await Promise.race([work(), late]);
  } finally {
    over.abort();
  }
}
