import type { Clock } from '../clock.ts';
import { within } from '../within.ts';

/** A client closes at once. If it takes longer, it may never end, and the caller does not wait for it. */
const closingSeconds = 3;

/** Makes `opened` close at the end of the block that holds it with `await using`, however the block ends. */
export function closing<T extends object>(
  opened: T,
  close: () => Promise<void>,
  context: { clock: Clock },
): T & AsyncDisposable {
  return {
    ...opened,
    [Symbol.asyncDispose]: async () => {
      // An error while closing harms nothing, and must not hide an earlier error.
      await within(closingSeconds, close, context).catch(() => undefined);
    },
  };
}
