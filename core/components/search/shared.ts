import { closing } from '../closing.ts';
import type { OpeningNeeds } from '../kind.ts';
import type { SearchEngine } from './engine.ts';

/**
 * One client for all who ask the search engine of a cluster within a block: `await using shared = sharedSearch(…)`. Each
 * of them opens and closes it as if it were their own. It is opened for the first of them, and closed at the end of the block.
 */
export function sharedSearch(context: Pick<OpeningNeeds, 'search' | 'clock'>) {
  let opening: Promise<SearchEngine> | undefined;
  const search: OpeningNeeds['search'] = async (address) => {
    opening ??= context.search(address);
    return { ...(await opening), close: async () => undefined };
  };
  return closing({ search }, async () => (await opening)?.close(), context);
}
