import { credentialsOf, type Secrets } from '../../connect/secrets.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** Only the client that is needed is loaded. */
export function searchOpener(secrets: Secrets): (address: SearchAddress) => Promise<SearchEngine> {
  return async (address) => {
    const credentials = address.auth && (await credentialsOf(address.auth, secrets));
    if (address.engine === 'opensearch') {
      const { opensearch } = await import('./opensearch.ts');
      return opensearch(address, credentials);
    }
    const { elasticsearch } = await import('./elasticsearch.ts');
    return elasticsearch(address, credentials);
  };
}
