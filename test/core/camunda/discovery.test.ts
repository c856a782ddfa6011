import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPartitions, discover } from '../../../core/camunda/discovery.ts';
import { failureOf, fakeServer, json, noAnswer, webPage } from '../fakes.ts';
import zeebe from '../recorded/zeebe.json' with { type: 'json' };

const info = (version: string) => json(200, { build: { version } });

test('endpoints and version are read from the index and the info page', async () => {
  const { server } = fakeServer('Zeebe', { 'GET ': zeebe.index, 'GET info': info('8.6.0') });
  const { endpoints, version } = await discover(server);
  assert(endpoints.has('backups') && endpoints.has('exporting') && endpoints.has('partitions'));
  assert(!endpoints.has('backupRuntime'));
  assert.equal(version, '8.6.0');
});

for (const [what, answer] of [
  ['empty', json(200, {})],
  ['not there', zeebe.missingEndpoint],
  ['a web page', webPage],
] as const) {
  test(`where the info page is ${what} the version is not known, and that is no error`, async () => {
    const { server } = fakeServer('Zeebe', { 'GET ': zeebe.index, 'GET info': answer });
    assert.equal((await discover(server)).version, undefined);
  });
}

test('a web port is named as one', async () => {
  const { server } = fakeServer('Zeebe', { 'GET ': webPage });
  const error = await failureOf(discover(server));
  assert.equal(error.name, 'UnexpectedAnswer');
  assert.match(error.message, /Zeebe answered GET http:\/\/zeebe:9600\/actuator with 200 and an HTML page/);
});

test('a server that does not answer is an error of its own', async () => {
  const { server } = fakeServer('Zeebe', { 'GET ': noAnswer() });
  assert.equal((await failureOf(discover(server))).name, 'Unreachable');
});

for (const [what, answer, count] of [
  ['of one broker', zeebe.clusterOfOne, 3],
  ['spread over two brokers', zeebe.clusterOfTwo, 2],
  [
    'replicated on every broker, once each',
    json(200, { brokers: [1, 2].map((id) => ({ id, partitions: [{ id: 1 }, { id: 2 }] })) }),
    2,
  ],
  ['of a broker that has none yet', json(200, { brokers: [{ id: 0, partitions: null }] }), 0],
] as const) {
  test(`the partitions ${what} are counted`, async () => {
    const { server } = fakeServer('Zeebe', { 'GET cluster': answer });
    assert.equal(await countPartitions(server), count);
  });
}

test('a topology that cannot be read says so', async () => {
  const { server } = fakeServer('Zeebe', { 'GET cluster': zeebe.brokerTimeout });
  assert.equal((await failureOf(countPartitions(server))).name, 'ServerTrouble');
});
