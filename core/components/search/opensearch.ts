import { Client, Connection as OpenSearchConnection } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import * as z from 'zod';
import type { AwsSigning } from '../../connect/open-search-service.ts';
import { BackupError } from '../../errors.ts';
import { type Connection, redirectIn } from './connection.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';
import { inventory } from './inventory.ts';
import { readNames, readRepository } from './repository.ts';
import { errorType, searchError } from './search-error.ts';
import { readDeletions, readSnapshots } from './snapshot-answers.ts';

/** Every search engine reports its version here. A web page does not. */
const info = z.object({ version: z.object({ number: z.string(), distribution: z.string().optional() }) });

/** Opens OpenSearch 2 or 3 with the official client. */
export function opensearch(address: SearchAddress, connection: Connection): SearchEngine {
  const { tls, aws, ...options } = connection;
  const client = new Client({ ...options, ...(tls ? { ssl: tls } : {}), ...sending(aws) });
  const call = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw await searchError('OpenSearch', address, what, error, tls);
    }
  };
  return {
    version: () =>
      call('GET /', async () => {
        const { version } = info.safeParse((await client.info()).body).data ?? {};
        if (version?.distribution === 'opensearch') return `opensearch ${version.number}`;
        throw new BackupError('UnexpectedAnswer', `The server at ${address.url} is not OpenSearch`, {
          remedy: version
            ? 'If it is Elasticsearch, write `engine: elasticsearch`.'
            : 'Write the address of the search engine into `search.url`: another server answers there, such as Camunda or a web page.',
        });
      }),

    repository: (repository) =>
      call(`GET _snapshot/${repository}`, async () => {
        try {
          const { body } = await client.snapshot.getRepository({ repository });
          return readRepository(address.url, body, repository);
        } catch (error) {
          if (errorType(error).type === 'repository_missing_exception') return undefined;
          throw error;
        }
      }),

    verifyRepository: (repository) =>
      call(`POST _snapshot/${repository}/_verify`, async () => {
        await client.snapshot.verifyRepository({ repository });
      }),

    indices: (pattern) =>
      call(`GET _resolve/index/${pattern}`, async () => {
        const found = await client.indices.resolveIndex({ name: pattern, expand_wildcards: 'all' });
        return (found.body.indices ?? []).map(({ name }) => name);
      }),

    createSnapshot: (repository, snapshot, indices, metadata) =>
      call(`PUT _snapshot/${repository}/${snapshot}`, async () => {
        try {
          await client.snapshot.create({
            repository,
            snapshot,
            wait_for_completion: false,
            body: { indices, metadata },
          });
          return 'accepted';
        } catch (error) {
          if (isTaken(error)) return 'name-taken';
          throw error;
        }
      }),

    snapshot: (repository, snapshot) =>
      call(`GET _snapshot/${repository}/${snapshot}`, async () => {
        try {
          const { body } = await client.snapshot.get({ repository, snapshot });
          return readSnapshots(address.url, body)[0];
        } catch (error) {
          if (errorType(error).type === 'snapshot_missing_exception') return undefined;
          throw error;
        }
      }),

    snapshots: (repository, pattern) =>
      call(`GET _snapshot/${repository}/${pattern}`, () =>
        noneIfMissing(async () => {
          const wanted = { repository, snapshot: pattern, ignore_unavailable: true };
          return readSnapshots(address.url, (await client.snapshot.get(wanted)).body);
        }),
      ),

    snapshotNames: (repository, prefix) =>
      call(`GET _snapshot/${repository}/${prefix}*?verbose=false`, () =>
        noneIfMissing(async () => {
          const snapshot = `${prefix}*`;
          const wanted = { repository, snapshot, verbose: false, ignore_unavailable: true };
          return readNames(address.url, (await client.snapshot.get(wanted)).body);
        }),
      ),

    runningSnapshots: (repository) =>
      call(`GET _snapshot/${repository}/_current`, async () => {
        const { body } = await client.snapshot.get({ repository, snapshot: '_current' });
        return readNames(address.url, body);
      }),

    deleteSnapshot: (repository, snapshot) =>
      call(`DELETE _snapshot/${repository}/${snapshot}`, async () => {
        try {
          await client.snapshot.delete({ repository, snapshot });
        } catch (error) {
          if (errorType(error).type !== 'snapshot_missing_exception') throw error;
        }
      }),

    // A snapshot that begins while others are deleted may end PARTIAL (docs/decisions/0007-deletions-and-snapshots.md).
    deletionsInTheWay: (repository) =>
      call('GET _cluster/state/customs', async () => {
        const { body } = await client.transport.request({
          method: 'GET',
          path: '/_cluster/state/customs',
          querystring: { filter_path: 'snapshot_deletions' },
        });
        return readDeletions(address.url, body, repository);
      }),

    ...inventory(address, (path, querystring) =>
      call(`GET ${path}`, async () => {
        const { body } = await client.transport.request({ method: 'GET', path, querystring });
        return body;
      }),
    ),

    close: () => client.close(),
  };
}

/** OpenSearch answers with an error if a wildcard matches no snapshot. */
async function noneIfMissing<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    if (errorType(error).type === 'snapshot_missing_exception') return [];
    throw error;
  }
}

/** OpenSearch also answers invalid_snapshot_name_exception for a name with a space. Only this reason means "taken". */
function isTaken(error: unknown): boolean {
  const { type } = errorType(error);
  return (
    type === 'invalid_snapshot_name_exception' &&
    error instanceof Error &&
    /already exists|already in-progress|in use/i.test(error.message)
  );
}

type Ask = InstanceType<typeof OpenSearchConnection>['request'];

/** What sends the requests of a client: without redirects, and signed for AWS if there is a signing. */
function sending(aws: AwsSigning | undefined) {
  if (!aws) return { Connection: withoutRedirects(OpenSearchConnection) };
  const { region, credentials, clock } = aws;
  const signer = AwsSigv4Signer({ region, service: 'es', getCredentials: credentials });
  class Signed extends signer.Connection {
    override buildRequestObject(params: RequestParams) {
      const date = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
      return super.buildRequestObject({ ...params, headers: { ...params.headers, 'x-amz-date': date } });
    }
  }
  return { Connection: withoutRedirects(Signed), Transport: signer.Transport };
}
type RequestParams = Parameters<Ask>[0];

function withoutRedirects(Sending: typeof OpenSearchConnection) {
  return class extends Sending {
    override request(...[params, answered]: Parameters<Ask>): ReturnType<Ask> {
      return super.request(params, (error, response) => {
        const redirect = response ? redirectIn(response, params.path ?? '') : undefined;
        // An unread answer would keep its connection open.
        if (redirect) response?.resume();
        answered(redirect ?? error, redirect ? null : response);
      });
    }
  };
}
