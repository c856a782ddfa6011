import assert from 'node:assert/strict';
import { Client as Elasticsearch } from '@elastic/elasticsearch';
import { test } from '@jest/globals';
import { Client as OpenSearch } from '@opensearch-project/opensearch';
import { startSimulator } from '../../simulator/index.ts';
import { cleanUp } from '../support/clean-up.ts';
import { at, call, TestClock } from './harness.ts';

test('The official Elasticsearch client takes, lists and deletes a snapshot in the simulator', async () => {
  const simulator = await startSimulator({
    camunda: '8.8',
    clock: new TestClock(),
    searchAuth: { username: 'elastic', password: 'secret' },
  });
  const auth = { username: 'elastic', password: 'secret' };
  const client = new Elasticsearch({ node: simulator.urls.search ?? '', auth, maxRetries: 0 });
  cleanUp(async () => {
    await client.close();
    await simulator.close();
  });
  const records = simulator.indices().filter((name) => name.startsWith('zeebe-record'));
  assert.equal((await client.info()).version.number, '8.16.6');
  assert.deepEqual(Object.keys(await client.indices.get({ index: 'zeebe-record*' })), records.toSorted());
  assert.equal((await client.indices.resolveIndex({ name: 'zeebe-record*' })).indices.length, records.length);
  assert.equal((await client.cat.indices({ index: 'zeebe-record*', format: 'json' })).length, records.length);
  assert.equal(await client.indices.exists({ index: 'nope' }), false);
  assert.deepEqual(Object.keys(await client.snapshot.getRepository({ name: 'camunda' })), ['camunda']);
  await client.snapshot.verifyRepository({ name: 'camunda' });
  const snapshot = 'camunda_zeebe_records_backup_5';
  const repository = 'camunda';
  const created = await client.snapshot.create({
    repository,
    snapshot,
    wait_for_completion: true,
    indices: 'zeebe-record*',
    feature_states: ['none'],
    metadata: { backupId: 5 },
  });
  assert.equal(created.snapshot?.state, 'SUCCESS');
  const listed = await client.snapshot.get({
    repository,
    snapshot: 'camunda_zeebe_*',
    sort: 'start_time',
    size: 1,
  });
  assert.equal(listed.snapshots?.[0]?.metadata?.['backupId'], 5);
  assert.equal((await client.snapshot.status({ repository, snapshot })).snapshots[0]?.state, 'SUCCESS');
  await client.snapshot.delete({ repository, snapshot });
  await assert.rejects(client.snapshot.get({ repository, snapshot }), /snapshot_missing_exception/);
});

test('The official OpenSearch client takes and reads a snapshot in the simulator', async () => {
  const simulator = await startSimulator({
    camunda: '8.8',
    clock: new TestClock(),
    components: { search: 'opensearch' },
  });
  const client = new OpenSearch({ node: simulator.urls.search ?? '', maxRetries: 0 });
  cleanUp(async () => {
    await client.close();
    await simulator.close();
  });
  const repository = 'camunda';
  const snapshot = 'camunda_zeebe_records_backup_5';
  assert.equal((await client.info()).body.version.distribution, 'opensearch');
  assert.equal(Object.keys((await client.indices.get({ index: 'zeebe-record*' })).body).length, 5);
  assert.equal((await client.indices.resolveIndex({ name: 'zeebe-record*' })).body.indices?.length, 5);
  assert.equal((await client.cat.indices({ index: 'zeebe-record*', format: 'json' })).body.length, 5);
  const body = { indices: 'zeebe-record*' };
  await client.snapshot.create({ repository, snapshot, wait_for_completion: true, body });
  const { body: got } = await client.snapshot.get({ repository, snapshot });
  assert.equal(got.snapshots?.[0]?.state, 'SUCCESS');
  await assert.rejects(client.snapshot.get({ repository, snapshot: 'nope*' }), /snapshot_missing_exception/);
  await assert.rejects(
    client.snapshot.create({ repository, snapshot, body }),
    /invalid_snapshot_name_exception/,
  );
});

test('A client that waits for a snapshot that is deleted learns that it failed', async () => {
  const simulator = await startSimulator({ camunda: '8.8', clock: new TestClock() });
  cleanUp(() => simulator.close());
  simulator.order({ component: 'records', kind: 'neverEnds' });
  const search = simulator.urls.search ?? '';
  const body = { indices: 'zeebe-record*' };
  const waiting = call(search, 'PUT', '/_snapshot/camunda/x_1?wait_for_completion=true', { body });
  while (simulator.backupIds('records').length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await call(search, 'DELETE', '/_snapshot/camunda/x_1')).status, 200);
  const { json } = await waiting;
  assert.equal(at(json, 'snapshot', 'state'), 'FAILED');
  assert.equal(at(json, 'snapshot', 'reason'), 'Snapshot was aborted by deletion');
});

test('A client that gives up does not stop its snapshot', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.8', clock });
  cleanUp(() => simulator.close());
  simulator.order({ operation: 'search.create', kind: { lostAnswer: 'timeout' } });
  const path = '/_snapshot/camunda/camunda_zeebe_records_backup_9?wait_for_completion=false';
  const client = new AbortController();
  const body = { indices: 'zeebe-record*' };
  const givenUp = assert.rejects(
    call(simulator.urls.search ?? '', 'PUT', path, { body, signal: client.signal }),
  );
  while (simulator.calls().length === 0) await new Promise((resolve) => setImmediate(resolve));
  client.abort();
  await givenUp;
  clock.advance(5000);
  assert.equal(simulator.backupState('records', 9), 'SUCCESS');
});

test('A snapshot without `indices` takes everything, and one of nothing is a SUCCESS of 0 shards', async () => {
  const simulator = await startSimulator({ camunda: '8.8', clock: new TestClock() });
  cleanUp(() => simulator.close());
  const create = (name: string, body: unknown) =>
    call(simulator.urls.search ?? '', 'PUT', `/_snapshot/camunda/${name}?wait_for_completion=true`, { body });
  const everything = await create('all', { indices: '' });
  assert.equal(at(everything.json, 'snapshot', 'shards', 'total'), simulator.indices().length);
  const nothing = await create('none', { indices: 'zeebe-recrod*' });
  assert.equal(nothing.status, 200);
  assert.deepEqual(at(nothing.json, 'snapshot', 'shards'), { total: 0, failed: 0, successful: 0 });
});

test('Elasticsearch calls a PARTIAL snapshot a SUCCESS in _status, and OpenSearch does not', async () => {
  for (const { search, expected } of [
    { search: 'elasticsearch', expected: 'SUCCESS' },
    { search: 'opensearch', expected: 'PARTIAL' },
  ] as const) {
    const simulator = await startSimulator({
      camunda: '8.8',
      clock: new TestClock(),
      components: { search },
    });
    cleanUp(() => simulator.close());
    simulator.order({ component: 'records', kind: 'partial' });
    const base = simulator.urls.search ?? '';
    const path = '/_snapshot/camunda/x_1';
    const created = await call(base, 'PUT', `${path}?wait_for_completion=true`, {
      body: { indices: 'zeebe-record*' },
    });
    assert.equal(at(created.json, 'snapshot', 'state'), 'PARTIAL');
    const status = await call(base, 'GET', `${path}/_status`);
    assert.equal(at(status.json, 'snapshots', 0, 'state'), expected);
    assert.equal(at(status.json, 'snapshots', 0, 'shards_stats', 'failed'), 1);
  }
});
