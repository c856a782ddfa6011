import type { Clock } from './clock.ts';
import { BackupError } from './errors.ts';

/**
 * What `work` comes to if it ends within so many seconds. Throws Unreachable otherwise, or what `tooLate` makes: what is
 * still at work then is not waited for.
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
  // It loses the race, or nobody waits for it any more.
  late.catch(() => undefined);
  try {
    return await Promise.race([work(), late]);
  } finally {
    over.abort();
  }
}
