import type { Clock } from '../clock.ts';
import { within } from '../within.ts';

/** A client says goodbye at once. One that still waits for an answer, or waits for nothing, is left to itself. */
const closingSeconds = 3;

/** The same thing, closed at the end of the block that holds it with `await using`, however the block ends. */
export function closing<T extends object>(
  opened: T,
  close: () => Promise<void>,
  context: { clock: Clock },
): T & AsyncDisposable {
  return {
    ...opened,
    [Symbol.asyncDispose]: async () => {
      // What goes wrong here harms nobody, and must not hide what went wrong before.
      await within(closingSeconds, close, context).catch(() => undefined);
    },
  };
}
