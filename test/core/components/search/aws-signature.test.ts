import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, test } from '@jest/globals';
import type { SearchEngine } from '../../../../core/components/search/engine.ts';
import { searchOpener } from '../../../../core/components/search/opener.ts';
import { openConnections } from '../../../../core/connect/connections.ts';
import { cleanUp } from '../../../support/clean-up.ts';
import { type Received, readSignature, receive, signatureOf } from '../../../support/sigv4.ts';
import { failureOf, secrets, TestClock } from '../../fakes.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** The SDK finds these in its default chain, and nothing of this machine. */
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: 'a-session',
    AWS_CONFIG_FILE: '/does/not/exist',
    AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

test('The signatures that the tests compute are those of AWS (its published case get-vanilla)', () => {
  const request: Received = {
    method: 'GET',
    url: '/',
    headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' },
    body: '',
  };
  const scope = '20150830/us-east-1/service/aws4_request';
  assert.equal(
    signatureOf(request, { secret, scope, signed: 'host;x-amz-date' }),
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

/** A domain that answers only to signed requests, as Amazon OpenSearch Service does. */
async function domain() {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const seen = await receive(request);
    received.push(seen);
    const { isRight } = readSignature(seen, secret);
    response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' });
    const info = { version: { number: '2.19.1', distribution: 'opensearch' }, snapshots: [], indices: [] };
    response.end(
      JSON.stringify(isRight ? info : { message: 'The request signature we calculated does not match' }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const clock = new TestClock('2026-11-21T09:00:00.000Z');
const open = (url: string, region?: string) =>
  searchOpener(
    openConnections(secrets),
    clock,
  )({
    engine: 'opensearch',
    url,
    auth: { aws: 'es', ...(region ? { region } : {}) },
  });

describe('A request to Amazon OpenSearch Service', () => {
  for (const { what, ask } of [
    { what: 'without a body', ask: (engine: SearchEngine) => engine.version() },
    {
      what: 'with a body, which is signed too',
      ask: (engine: SearchEngine) =>
        engine.createSnapshot('camunda', 'camunda_records_7', 'zeebe-record*', { backup: 'Ünïcode (7)' }),
    },
    {
      what: 'with a query, and a path with signs that are encoded in more than one way',
      ask: (engine: SearchEngine) => engine.snapshotNames('camunda', "camunda+7'(8.8),a "),
    },
    {
      what: 'with wildcards in its path',
      ask: (engine: SearchEngine) => engine.snapshots('camunda', '*camunda_*_7*'),
    },
    { what: 'that deletes', ask: (engine: SearchEngine) => engine.deleteSnapshot('camunda', 'camunda_7') },
    { what: 'that posts', ask: (engine: SearchEngine) => engine.verifyRepository('camunda') },
  ]) {
    test(`A request ${what} is signed as AWS wants it`, async () => {
      const { url, received } = await domain();
      const engine = await open(url, 'eu-central-1');
      await ask(engine).finally(() => engine.close());
      assert(received.length > 0);
      for (const request of received) {
        const { isRight, accessKey, scope, signed = '' } = readSignature(request, secret);
        assert(isRight, `${request.method} ${request.url}`);
        assert.equal(accessKey, 'AKIDEXAMPLE');
        assert.equal(scope, '20261121/eu-central-1/es/aws4_request');
        assert.equal(request.headers['x-amz-date'], '20261121T090000Z');
        assert.equal(request.headers['x-amz-security-token'], 'a-session');
        for (const name of ['host', 'x-amz-content-sha256', 'x-amz-security-token']) {
          assert(signed.split(';').includes(name), signed);
        }
      }
    });
  }

  test('A request is signed for the region of the environment where neither the settings nor the address name one', async () => {
    const { url, received } = await domain();
    process.env['AWS_REGION'] = 'eusc-de-east-1';
    const engine = await open(url);
    await engine.version().finally(() => engine.close());
    assert.match(
      received[0]?.headers['authorization'] ?? '',
      /\/20261121\/eusc-de-east-1\/es\/aws4_request,/,
    );
  });

  test('A request without any region, or without credentials, is not sent, and what is missing is named', async () => {
    const { url, received } = await domain();
    const noRegion = await failureOf(open(url));
    assert.equal(noRegion.name, 'ConfigurationError');
    assert.match(noRegion.remedy ?? '', /`search\.auth\.region`, or set AWS_REGION/);
    delete process.env['AWS_ACCESS_KEY_ID'];
    const noCredentials = await failureOf(open(url, 'eu-central-1'));
    assert.equal(noCredentials.name, 'SecretUnavailable');
    assert.match(noCredentials.remedy ?? '', /^Provide valid AWS credentials/);
    assert.deepEqual(received, []);
  });

  test('A request that the domain refuses is told with its words, and with what to allow', async () => {
    const { url } = await domain();
    process.env['AWS_SECRET_ACCESS_KEY'] = 'another';
    const engine = await open(url, 'eu-central-1');
    const error = await failureOf(engine.version().finally(() => engine.close()));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.message, /with 403: The request signature we calculated does not match$/);
    assert.match(
      error.remedy ?? '',
      /^This AWS identity, .* The access policy of the domain must allow it es:ESHttp\*/,
    );
  });
});
