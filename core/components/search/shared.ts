import { closing } from '../closing.ts';
import type { OpeningNeeds } from '../kind.ts';
import type { SearchEngine } from './engine.ts';

/**
 * Shares one client between all callers within a block: `await using shared = sharedSearch(…)`. Each caller opens and
 * closes it like its own. The first caller opens the client, and the end of the block closes it.
 */
export function sharedSearch(context: Pick<OpeningNeeds, 'search' | 'clock'>) {
  let opening: Promise<SearchEngine> | undefined;
  const search: OpeningNeeds['search'] = async (address) => {
    opening ??= context.search(address);
    return { ...(await opening), close: async () => undefined };
  };
  return closing({ search }, async () => (await opening)?.close(), context);
}
