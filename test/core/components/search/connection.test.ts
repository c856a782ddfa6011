import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from '@jest/globals';
import { searchOpener } from '../../../../core/components/search/open.ts';
import { http } from '../../../../core/connect/http.ts';
import { cleanUp } from '../../../support/clean-up.ts';
import { secrets } from '../../fakes.ts';

const openSearch = searchOpener({ secrets, http });
const engines = ['elasticsearch', 'opensearch'] as const;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What both clients need to see of a server before they go on. */
const info = JSON.stringify({ version: { number: '2.19.1', distribution: 'opensearch' } });

describe('The login at a search engine', () => {
  for (const engine of engines) {
    for (const { auth, header } of [
      { auth: undefined, header: undefined },
      {
        auth: { username: 'backup', password: { env: 'ES_PASSWORD' } },
        header: `Basic ${Buffer.from('backup:not-to-be-seen').toString('base64')}`,
      },
      { auth: { apiKey: { env: 'ES_PASSWORD' } }, header: 'ApiKey not-to-be-seen' },
    ] as const) {
      test(`The client of ${engine} sends ${header?.split(' ')[0] ?? 'no'} authorization`, async () => {
        const seen: (string | undefined)[] = [];
        const url = await serve((request, response) => {
          seen.push(request.headers.authorization);
          response
            .writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
            .end(info);
        });
        const opened = await openSearch({ engine, url, auth });
        await opened.version().finally(() => opened.close());
        assert.deepEqual(seen, [header]);
      });
    }
  }
});
