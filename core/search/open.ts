import type { Secrets } from '../secrets.ts';
import { elasticsearch } from './elasticsearch.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';
import { opensearch } from './opensearch.ts';

export function searchOpener(secrets: Secrets): (address: SearchAddress) => Promise<SearchEngine> {
  return async (address) => {
    const { auth } = address;
    const credentials = !auth
      ? undefined
      : auth.apiKey
        ? { apiKey: await secrets(auth.apiKey) }
        : { username: auth.username ?? '', password: auth.password ? await secrets(auth.password) : '' };
    return address.engine === 'opensearch'
      ? opensearch(address, credentials)
      : elasticsearch(address, credentials);
  };
}
