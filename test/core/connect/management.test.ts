import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { management } from '../../../core/connect/management.ts';
import { failureOf, fakeHttp, json, secrets } from '../fakes.ts';

const address = 'http://zeebe:9600/base';

test('Paths are below /actuator of the configured address', () => {
  const server = management('Zeebe', { url: address }, fakeHttp().http, secrets);
  assert.equal(server.url('backups/7'), `${address}/actuator/backups/7`);
  assert.equal(server.url(''), `${address}/actuator`);
});

test('Credentials are sent as a header and are in no URL', async () => {
  const { http, requests } = fakeHttp({ [`GET ${address}/actuator/x`]: json(200, {}) });
  const auth = { username: 'backup', password: { env: 'ES_PASSWORD' } };
  await management('Zeebe', { url: address, auth }, http, secrets).ask('GET', 'x');
  const basic = Buffer.from('backup:not-to-be-seen').toString('base64');
  assert.deepEqual(requests[0]?.headers, { authorization: `Basic ${basic}` });
  assert.doesNotMatch(requests[0]?.url ?? '', /not-to-be-seen/);
});

test('An API key is sent as a header', async () => {
  const { http, requests } = fakeHttp({ [`GET ${address}/actuator/x`]: json(200, {}) });
  const auth = { apiKey: { env: 'ES_PASSWORD' } };
  await management('Zeebe', { url: address, auth }, http, secrets).ask('GET', 'x');
  assert.deepEqual(requests[0]?.headers, { authorization: 'ApiKey not-to-be-seen' });
});

test('Nothing is sent without its secret', async () => {
  const { http, requests } = fakeHttp();
  const auth = { apiKey: { env: 'MISSING' } };
  const server = management('Zeebe', { url: address, auth }, http, secrets);
  assert.equal((await failureOf(server.ask('GET', 'x'))).name, 'SecretUnavailable');
  assert.equal(requests.length, 0);
});

test('A request without a body has none, not an empty one', async () => {
  const { http, requests } = fakeHttp({ [`GET ${address}/actuator/x`]: json(200, {}) });
  await management('Zeebe', { url: address }, http, secrets).ask('GET', 'x');
  assert(requests[0] && !('body' in requests[0]));
});
