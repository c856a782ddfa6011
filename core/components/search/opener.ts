import type { Connections } from '../../connect/connections.ts';
import { type AwsSigning, awsCredentials } from '../../connect/open-search-service.ts';
import { connectionOf } from './connection.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** Returns a function that opens search engines. It loads only the client that is needed. */
export function searchOpener(
  connections: Pick<Connections, 'secrets' | 'http' | 'readTls'>,
  clock?: AwsSigning['clock'],
): (address: SearchAddress) => Promise<SearchEngine> {
  const connecting = { ...connections, credentials: awsCredentials(), ...(clock ? { clock } : {}) };
  return async (address) => {
    const connection = await connectionOf(address, connecting);
    if (address.engine === 'opensearch') {
      const { opensearch } = await import('./opensearch.ts');
      return opensearch(address, connection);
    }
    const { elasticsearch } = await import('./elasticsearch.ts');
    return elasticsearch(address, connection);
  };
}
