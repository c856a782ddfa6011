import type { Context } from '../../context.ts';
import { within } from '../../within.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** A client says goodbye at once. One that still waits for an answer, or waits for nothing, is left to itself. */
const closingSeconds = 3;

/** Opens a search engine, uses it and closes it, however the use ended. */
export async function withSearch<T>(
  address: SearchAddress,
  context: Pick<Context, 'search' | 'clock'>,
  use: (engine: SearchEngine) => Promise<T>,
): Promise<T> {
  const engine = await context.search(address);
  try {
    return await use(engine);
  } finally {
    // What goes wrong here harms nobody, and must not hide what went wrong before.
    await within(closingSeconds, () => engine.close(), context).catch(() => undefined);
  }
}
