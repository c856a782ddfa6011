import type { Connections } from '../../connect/connections.ts';
import { connectionOf } from './connection.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** Returns a function that opens search engines. It loads only the client that is needed. */
export function searchOpener(
  connections: Pick<Connections, 'secrets' | 'http' | 'readTls'>,
): (address: SearchAddress) => Promise<SearchEngine> {
  return async (address) => {
    const connection = await connectionOf(address, connections);
    if (address.engine === 'opensearch') {
      const { opensearch } = await import('./opensearch.ts');
      return opensearch(address, connection);
    }
    const { elasticsearch } = await import('./elasticsearch.ts');
    return elasticsearch(address, connection);
  };
}
