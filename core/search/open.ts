import type { Secrets } from '../secrets.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** Only the client that is needed is loaded. */
export function searchOpener(secrets: Secrets): (address: SearchAddress) => Promise<SearchEngine> {
  return async (address) => {
    const { auth } = address;
    const credentials = !auth
      ? undefined
      : auth.apiKey
        ? { apiKey: await secrets(auth.apiKey) }
        : { username: auth.username ?? '', password: auth.password ? await secrets(auth.password) : '' };
    if (address.engine === 'opensearch') {
      const { opensearch } = await import('./opensearch.ts');
      return opensearch(address, credentials);
    }
    const { elasticsearch } = await import('./elasticsearch.ts');
    return elasticsearch(address, credentials);
  };
}
