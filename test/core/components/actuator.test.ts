import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { discover } from '../../../core/components/actuator.ts';
import { failureOf, fakeServer, json, noAnswer, webPage } from '../fakes.ts';
import { zeebe } from '../recorded.ts';

const info = (version: string) => json(200, { build: { version } });

test('Endpoints and version are read from the index and the info page', async () => {
  const { server } = fakeServer('Zeebe', { 'GET ': zeebe.index, 'GET info': info('8.6.0') });
  const { endpoints, version } = await discover(server);
  assert(endpoints.has('backups') && endpoints.has('exporting') && endpoints.has('partitions'));
  assert(!endpoints.has('backupRuntime'));
  assert.equal(version, '8.6.0');
});

for (const { what, answer } of [
  { what: 'empty', answer: json(200, {}) },
  { what: 'not there', answer: zeebe.missingEndpoint },
  { what: 'a web page', answer: webPage },
] as const) {
  test(`The version is not known where the info page is ${what}, and that is no error`, async () => {
    const { server } = fakeServer('Zeebe', { 'GET ': zeebe.index, 'GET info': answer });
    assert.equal((await discover(server)).version, undefined);
  });
}

test('A web port is named as one', async () => {
  const { server } = fakeServer('Zeebe', { 'GET ': webPage });
  const error = await failureOf(discover(server));
  assert.equal(error.name, 'UnexpectedAnswer');
  assert.match(error.message, /Zeebe answered GET http:\/\/zeebe:9600\/actuator with 200 and an HTML page/);
});

test('A server that does not answer is an error of its own', async () => {
  const { server } = fakeServer('Zeebe', { 'GET ': noAnswer() });
  assert.equal((await failureOf(discover(server))).name, 'Unreachable');
});
