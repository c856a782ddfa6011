import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startSimulator } from '../../../simulator/index.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { at, call, openSearchRecording, type Response, replay, TestClock } from '../harness.ts';

/** A search engine with these indices alone. */
async function searchEngine(recordsIndices: string[]) {
  const clock = new TestClock();
  const simulator = await startSimulator({
    camunda: '8.8',
    clock,
    components: { search: 'opensearch', webApplications: false, optimize: false },
    recordsIndices,
  });
  cleanUp(() => simulator.close());
  const ask = (method: string, path: string, body?: unknown) =>
    call(simulator.urls.search ?? '', method, path, { body });
  return { simulator, clock, ask };
}

const namesIn = (json: unknown): unknown[] => {
  const indices = at(json, 'indices');
  return Array.isArray(indices) ? indices.map((index: unknown) => at(index, 'name')) : [];
};

test('OpenSearch deletes, closes and resolves indices as recorded', async () => {
  const { simulator, clock, ask } = await searchEngine([
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `zeebe-record_k${n}`),
    'zeebe-record_closed',
    'acme-zeebe-record_job_8.8.0_2026-11-25',
    'other-zeebe-record_x',
    'myapp-optimize',
    'operate-hidden-1.0.0_',
    'operate-user-1.2.0_',
    'operate-list-view-8.3.0_',
    'operate-list-view-8.3.0_2026-10-01',
    'operate-flownode-instance-8.3.1_2026-10-01',
    'operate-incident-8.3.1_2026-10-12',
    'operate-variable-8.3.0_2026-10-08',
    'operate-event-8.3.0_2026-10-04',
    'operate-event-8.3.0_2026-10-05',
  ]);
  await ask('POST', '/operate-user-1.2.0_/_close');
  const recording = openSearchRecording('indices');
  const answers = await replay(recording, clock, () => simulator.urls.search ?? '');
  const pairs = new Map<string, { recorded: unknown; simulated: unknown }>();
  recording.forEach(({ title, answer }, index) => {
    const recorded: unknown = JSON.parse(answer);
    const simulated = answers[index]?.json;
    pairs.set(title, { recorded, simulated });
    assert.deepEqual(at(simulated, 'error'), at(recorded, 'error'), title);
    assert.deepEqual(at(simulated, 'snapshot', 'indices'), at(recorded, 'snapshot', 'indices'), title);
  });
  for (const title of ['del_resolve_closed_hidden_all', 'del_resolve_missing', 'del_prefix_trap']) {
    const pair = pairs.get(title);
    assert.deepEqual(namesIn(pair?.simulated), namesIn(pair?.recorded), title);
  }
  // The simulator has no hidden indices, so this wildcard also matches one that was hidden.
  const byDefault = pairs.get('del_resolve_closed_hidden_default')?.simulated;
  assert.deepEqual(namesIn(byDefault), ['operate-hidden-1.0.0_']);
  const resolved = pairs.get('del_resolve_closed_hidden_all')?.simulated;
  assert.deepEqual(at(resolved, 'indices', 1, 'attributes'), ['closed']);
  for (const title of ['del_one_missing_ignored_check', 'del_wildcard_exclusion_check']) {
    const pair = pairs.get(title);
    assert.deepEqual(pair?.simulated, pair?.recorded, title);
  }
  assert.ok(
    simulator.indices().includes('operate-list-view-8.3.0_2026-10-01'),
    'what nobody named is still there',
  );
});

test('A closed index has no statistics, and a wildcard of a snapshot takes it again when it is open', async () => {
  const { ask } = await searchEngine(['zeebe-record_a', 'zeebe-record_b']);
  const taken = async (name: string): Promise<unknown> => {
    const path = `/_snapshot/camunda/${name}?wait_for_completion=true`;
    return at((await ask('PUT', path, { indices: 'zeebe-record*' })).json, 'snapshot', 'indices');
  };
  const statistics = async () => (await ask('GET', '/zeebe-record*/_stats/docs')).json;
  await ask('POST', '/zeebe-record_a/_close');
  assert.deepEqual(await taken('x_1'), ['zeebe-record_b']);
  assert.equal(at(await statistics(), '_shards', 'total'), 1);
  const cat = async (): Promise<unknown> =>
    (await ask('GET', '/_cat/indices?format=json&h=index,status,docs.count')).json;
  assert.deepEqual(await cat(), [
    { index: 'zeebe-record_a', status: 'close', 'docs.count': null },
    { index: 'zeebe-record_b', status: 'open', 'docs.count': '100' },
  ]);
  const opened = await ask('POST', '/zeebe-record_a/_open');
  assert.deepEqual(opened.json, { acknowledged: true, shards_acknowledged: true });
  assert.deepEqual(await taken('x_2'), ['zeebe-record_a', 'zeebe-record_b']);
  assert.equal(at(await statistics(), '_shards', 'total'), 2);
});

test('A deletion by wildcard takes closed indices too, and no index that is in a running snapshot', async () => {
  const { simulator, clock, ask } = await searchEngine(['zeebe-record_a', 'zeebe-record_b']);
  await ask('PUT', '/_snapshot/camunda/x_1', { indices: 'zeebe-record_b' });
  await ask('POST', '/zeebe-record_a/_close');
  const busy = await ask('DELETE', '/zeebe-record*');
  assert.equal(busy.status, 400);
  const reason = String(at(busy.json, 'error', 'reason'));
  assert.match(reason, /^Cannot delete indices that are being snapshotted: \[\[zeebe-record_b\/\S{22}\]\]/);
  assert.equal((await ask('POST', '/zeebe-record_b/_close')).status, 400);
  assert.deepEqual(simulator.indices(), ['zeebe-record_a', 'zeebe-record_b']);
  clock.advance(2000);
  assert.equal((await ask('DELETE', '/zeebe-record*')).status, 200);
  assert.deepEqual(simulator.indices(), []);
});

test('Elasticsearch refuses to resolve a name that is missing', async () => {
  const simulator = await startSimulator({ camunda: '8.8', clock: new TestClock() });
  cleanUp(() => simulator.close());
  const answer: Response = await call(simulator.urls.search ?? '', 'GET', '/_resolve/index/nope');
  assert.equal(answer.status, 404);
});
