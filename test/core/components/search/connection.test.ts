import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from '@jest/globals';
import { searchOpener } from '../../../../core/components/search/opener.ts';
import { openConnections } from '../../../../core/connect/connections.ts';
import { cleanUp } from '../../../support/clean-up.ts';
import { failureOf, secrets } from '../../fakes.ts';

const openSearch = searchOpener(openConnections(secrets));
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

describe('A redirect of a search engine', () => {
  for (const engine of engines) {
    for (const status of [301, 302, 303, 307, 308]) {
      test(`A redirect (${status}) is no success to ${engine}, is not followed, and is told with where it leads`, async () => {
        const asked: (string | undefined)[] = [];
        const url = await serve((request, response) => {
          asked.push(request.url);
          response
            .writeHead(status, {
              location: `https://search.example.com${request.url}`,
              'content-type': 'text/html',
            })
            .end('<html>moved</html>');
        });
        const opened = await openSearch({ engine, url, auth: { apiKey: { env: 'ES_PASSWORD' } } });
        const error = await failureOf(opened.createSnapshot('camunda', 'snapshot', '*', {}));
        await opened.close();
        assert.equal(error.name, 'UnexpectedAnswer');
        assert.equal(error.status, status);
        assert.match(
          error.message,
          new RegExp(`PUT _snapshot/camunda/snapshot at ${url} with ${status}: it redirects to`),
        );
        assert.match(
          error.message,
          /https:\/\/search\.example\.com\/_snapshot\/camunda\/snapshot, and a redirect is not followed/,
        );
        assert.match(error.remedy ?? '', /^If https:\/\/search\.example\.com is the same server/);
        assert.equal(asked.length, 1);
      });
    }

    test(`A redirect of ${engine} to a login names the address of the engine as what is needed`, async () => {
      const url = await serve((_, response) =>
        response.writeHead(302, { location: '/login?state=secret' }).end(),
      );
      const opened = await openSearch({ engine, url });
      const error = await failureOf(opened.deleteSnapshot('camunda', 'snapshot'));
      await opened.close();
      assert.match(error.message, new RegExp(`it redirects to ${url}/login, `));
      assert.match(error.remedy ?? '', /^Write the address of the search engine itself into `search\.url`/);
    });
  }
});
