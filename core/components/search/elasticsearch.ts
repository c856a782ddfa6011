import {
  Client,
  type ConnectionRequestOptions,
  type ConnectionRequestOptionsAsStream,
  type ConnectionRequestParams,
  type ConnectionRequestResponse,
  type ConnectionRequestResponseAsStream,
  UndiciConnection,
} from '@elastic/elasticsearch';
import { type Connection, redirectIn } from './connection.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';
import { inventory } from './inventory.ts';
import { readNames, readRepository } from './repository.ts';
import { errorType, searchError } from './search-error.ts';
import { readSnapshots } from './snapshot-answers.ts';

/** Opens Elasticsearch 8 or 9 with the official client of version 8. */
export function elasticsearch(address: SearchAddress, connection: Connection): SearchEngine {
  const { tls, aws: _, ...options } = connection;
  const client = new Client({ ...options, ...(tls ? { tls } : {}), Connection: WithoutRedirects });
  const call = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw await searchError('Elasticsearch', address, what, error, tls);
    }
  };
  return {
    version: () => call('GET /', async () => `elasticsearch ${(await client.info()).version.number}`),

    repository: (name) =>
      call(`GET _snapshot/${name}`, async () => {
        try {
          return readRepository(address.url, await client.snapshot.getRepository({ name }), name);
        } catch (error) {
          if (errorType(error).type === 'repository_missing_exception') return undefined;
          throw error;
        }
      }),

    verifyRepository: (name) =>
      call(`POST _snapshot/${name}/_verify`, async () => {
        await client.snapshot.verifyRepository({ name });
      }),

    indices: (pattern) =>
      call(`GET _resolve/index/${pattern}`, async () => {
        const found = await client.indices.resolveIndex({ name: pattern, expand_wildcards: 'all' });
        return found.indices.map(({ name }) => name);
      }),

    createSnapshot: (repository, snapshot, indices, metadata) =>
      call(`PUT _snapshot/${repository}/${snapshot}`, async () => {
        try {
          await client.snapshot.create({
            repository,
            snapshot,
            indices,
            metadata,
            feature_states: ['none'],
            wait_for_completion: false,
          });
          return 'accepted';
        } catch (error) {
          if (errorType(error).type === 'snapshot_name_already_in_use_exception') return 'name-taken';
          throw error;
        }
      }),

    snapshot: (repository, snapshot) =>
      call(`GET _snapshot/${repository}/${snapshot}`, async () => {
        try {
          return readSnapshots(address.url, await client.snapshot.get({ repository, snapshot }))[0];
        } catch (error) {
          if (errorType(error).type === 'snapshot_missing_exception') return undefined;
          throw error;
        }
      }),

    snapshots: (repository, pattern) =>
      call(`GET _snapshot/${repository}/${pattern}`, async () => {
        const wanted = { repository, snapshot: pattern, ignore_unavailable: true };
        return readSnapshots(address.url, await client.snapshot.get(wanted));
      }),

    snapshotNames: (repository, prefix) =>
      call(`GET _snapshot/${repository}/${prefix}*?verbose=false`, async () => {
        const snapshot = `${prefix}*`;
        const wanted = { repository, snapshot, verbose: false, ignore_unavailable: true };
        return readNames(address.url, await client.snapshot.get(wanted));
      }),

    runningSnapshots: (repository) =>
      call(`GET _snapshot/${repository}/_current`, async () =>
        readNames(address.url, await client.snapshot.get({ repository, snapshot: '_current' })),
      ),

    deleteSnapshot: (repository, snapshot) =>
      call(`DELETE _snapshot/${repository}/${snapshot}`, async () => {
        try {
          await client.snapshot.delete({ repository, snapshot });
        } catch (error) {
          if (errorType(error).type !== 'snapshot_missing_exception') throw error;
        }
      }),

    // Elasticsearch can take snapshots while it deletes others (docs/decisions/0007-deletions-and-snapshots.md).
    deletionsInTheWay: () => Promise.resolve([]),

    ...inventory(address, (path, querystring) =>
      call(`GET ${path}`, () => client.transport.request({ method: 'GET', path, querystring })),
    ),

    close: () => client.close(),
  };
}

class WithoutRedirects extends UndiciConnection {
  override request(
    params: ConnectionRequestParams,
    options: ConnectionRequestOptions,
  ): Promise<ConnectionRequestResponse>;
  override request(
    params: ConnectionRequestParams,
    options: ConnectionRequestOptionsAsStream,
  ): Promise<ConnectionRequestResponseAsStream>;
  override async request(
    params: ConnectionRequestParams,
    options: ConnectionRequestOptions,
  ): Promise<ConnectionRequestResponse | ConnectionRequestResponseAsStream> {
    const answer = await super.request(params, options);
    const redirect = redirectIn(answer, params.path);
    if (redirect) throw redirect;
    return answer;
  }
}
