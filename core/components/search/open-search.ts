import { closing } from '../closing.ts';
import type { OpeningNeeds } from '../kind.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** Opens a search engine until the end of the block: `await using engine = await openSearch(…)`. */
export async function openSearch(
  address: SearchAddress,
  context: Pick<OpeningNeeds, 'search' | 'clock'>,
): Promise<SearchEngine & AsyncDisposable> {
  const engine = await context.search(address);
  return closing(engine, () => engine.close(), context);
}
