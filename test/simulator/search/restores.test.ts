import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { type SimulatorOptions, startSimulator } from '../../../simulator/index.ts';
import { cleanUp } from '../../support/clean-up.ts';
import {
  at,
  call,
  type Exchange,
  elasticsearchRecording,
  openSearchRecording,
  replay,
  TestClock,
} from '../harness.ts';

/** A search engine with these indices alone and a second repository, `slow`. */
async function searchEngine(recordsIndices: string[], options: Partial<SimulatorOptions> = {}) {
  const clock = options.clock instanceof TestClock ? options.clock : new TestClock();
  const simulator = await startSimulator({
    camunda: '8.8',
    components: { search: 'opensearch', webApplications: false, optimize: false },
    recordsIndices,
    ...options,
    clock,
  });
  cleanUp(() => simulator.close());
  const url = simulator.urls.search ?? '';
  const ask = (method: string, path: string, body?: unknown) => call(url, method, path, { body });
  const snapshot = (path: string, indices: string) =>
    ask('PUT', `/_snapshot/${path}?wait_for_completion=true`, { indices });
  await ask('PUT', '/_snapshot/slow', { type: 'fs', settings: { location: '/srv/repo/slow' } });
  return { simulator, clock, url, ask, snapshot };
}

/** A text without ids, and without the names of indices where both engines choose one of several. */
const comparable = (text: string): string =>
  text
    .replace(/(zeebe-record|operate|tasklist)[a-z_-]*[\d._-]*\d\d?_?/g, 'INDEX')
    .replace(/[\w-]{22}/g, 'UUID');

/** Asks the same as was recorded, after preparations by title, and compares errors and what was restored. */
async function compare(
  recording: Exchange[],
  { clock, url }: { clock: TestClock; url: string },
  prepare: Record<string, () => Promise<unknown>> = {},
): Promise<Map<string, { recorded: unknown; simulated: unknown }>> {
  const pairs = new Map<string, { recorded: unknown; simulated: unknown }>();
  let previous: number | undefined;
  for (const one of recording) {
    clock.advance(Math.max(0, one.at - (previous ?? one.at)));
    previous = one.at;
    await prepare[one.title]?.();
    const [answer] = await replay([one], clock, () => url);
    const recorded: unknown = JSON.parse(one.answer);
    if (one.status >= 400) {
      assert.equal(comparable(answer?.text ?? ''), comparable(one.answer), one.title);
    }
    assert.deepEqual(restored(answer?.json), restored(recorded), one.title);
    pairs.set(one.title, { recorded, simulated: answer?.json });
  }
  return pairs;
}

/** The names of the restored indices. Their order is that of a hash map in a real engine. */
function restored(json: unknown): unknown {
  const indices = at(json, 'snapshot', 'indices');
  return Array.isArray(indices) ? indices.map(String).sort() : undefined;
}

const big = [0, 1, 2, 3, 4, 5].map((n) => `zeebe-record_big${n}_8.8.0_2026-11-25`);

for (const { name, engine, recording } of [
  { name: 'Elasticsearch', engine: 'elasticsearch', recording: elasticsearchRecording('restores') },
  { name: 'OpenSearch', engine: 'opensearch', recording: openSearchRecording('restores') },
] as const) {
  test(`${name} restores snapshots, and refuses to, as recorded`, async () => {
    const records = ['incident', 'process-instance', 'variable', 'job', 'stuck'].map(
      (type) => `zeebe-record_${type}_8.8.0_2026-11-20`,
    );
    const today = ['process-instance', 'job'].map((type) => `zeebe-record_${type}_8.8.0_2026-11-21`);
    const server = await searchEngine([...records, ...today], {
      components: { search: engine, webApplications: false, optimize: false },
      durations: { records: 4, restore: 30 },
    });
    const { simulator, clock, ask, snapshot } = server;
    await snapshot('camunda/camunda_zeebe_records_backup_1000', records.slice(0, 4).join(','));
    await snapshot('slow/limit_first', [...records.slice(0, 4), ...today].join(','));
    const pairs = await compare(recording, server, {
      async_delete_index_running: () =>
        ask('PUT', '/_snapshot/slow/camunda_zeebe_records_backup_2000', { indices: 'zeebe-record*' }),
      restore_partial: async () => {
        clock.advance(60_000);
        simulator.order({ component: 'records', kind: 'partial' });
        await snapshot('camunda/partial_sync', 'zeebe-record_stuck*');
      },
      restore_async: () => ask('DELETE', '/zeebe-record_*'),
    });
    const health = (title: string) => {
      const { recorded, simulated } = pairs.get(title) ?? {};
      const fields = ['status', 'initializing_shards', 'unassigned_shards'];
      assert.deepEqual(
        fields.map((field) => at(simulated, field)),
        fields.map((field) => at(recorded, field)),
        title,
      );
    };
    health('restore_running_health');
    health('restore_running_done');
    assert.deepEqual(simulator.indices().sort(), [...records.slice(0, 4), ...today].sort());
  });
}

test('OpenSearch takes or refuses the options of a restore as recorded, and then changes nothing', async () => {
  const part = ['operate-list-view-8.3.0_', 'tasklist-task-8.5.0_', 'operate-nested-8.3.0_'];
  const server = await searchEngine([...part, 'camunda-web-session']);
  const { simulator, ask } = server;
  const task = '/tasklist-task-8.5.0_';
  const pairs = await compare(openSearchRecording('restore-requests'), server, {
    conflict_open_async: () => ask('DELETE', task),
    conflict_closed_restore: async () => {
      const path =
        '/_snapshot/camunda/camunda_webapps_1000_8.8.0_part_2_of_4/_restore?wait_for_completion=true';
      await ask('POST', path, { indices: 'tasklist-task-8.5.0_' });
      assert.equal((await ask('POST', `${task}/_close`)).status, 200);
    },
    conflict_missing_ignored: () => ask('DELETE', task),
    opt_rename_no_match: () => ask('DELETE', '/drill-*,tasklist-task-8.5.0_'),
    repo_restore_without: async () => simulator.removeRepository(),
    opt3_exclusion: () => ask('PUT', '/_snapshot/camunda', { type: 'fs', settings: {} }),
  });
  for (const title of ['opt_rename_cat', 'opt_rename_no_match_cat']) {
    const names = (json: unknown) =>
      Array.isArray(json) ? json.map((row: unknown) => String(at(row, 'index'))).sort() : [];
    const { recorded, simulated } = pairs.get(title) ?? {};
    assert.deepEqual(names(simulated), names(recorded), title);
  }
  assert.deepEqual(at(pairs.get('gs_indices_none')?.simulated, 'snapshot', 'shards'), {
    total: 0,
    failed: 0,
    successful: 0,
  });
  assert.deepEqual(at(pairs.get('restore_sync')?.simulated, 'snapshot', 'shards'), {
    total: 4,
    failed: 0,
    successful: 4,
  });
});

test('OpenSearch shows a running restore, and refuses what would disturb it, as recorded', async () => {
  const server = await searchEngine(big, { durations: { restore: 11.6 } });
  const { clock, ask, snapshot } = server;
  await snapshot('slow/camunda_zeebe_records_backup_2000', 'zeebe-record_big*');
  await snapshot('slow/one', 'zeebe-record_big*');
  await snapshot('slow/two', 'zeebe-record_big*');
  const wipe = () => ask('DELETE', '/zeebe-record_big*');
  const recording = openSearchRecording('restore-running').filter(
    ({ title }) => !/^(during3_delete_index|during5)/.test(title),
  );
  const none = await ask('GET', '/_cluster/state?filter_path=restore');
  assert.deepEqual(none.json, {});
  const pairs = await compare(recording, server, {
    async_restore: wipe,
    two_first: async () => {
      clock.advance(60_000);
      await wipe();
    },
    during3_first: async () => {
      clock.advance(60_000);
      await wipe();
    },
  });
  const same = (title: string, ofAnswer: (json: unknown) => unknown) => {
    const { recorded, simulated } = pairs.get(title) ?? {};
    assert.deepEqual(ofAnswer(simulated), ofAnswer(recorded), title);
  };
  for (const title of ['async_0', 'async_2', 'async_6', 'async_end']) {
    same(`${title}_health`, (json) => [at(json, 'status'), at(json, 'active_primary_shards')]);
  }
  for (const title of ['async_0', 'async_2', 'async_6', 'async_end', 'two']) {
    const key = title === 'two' ? 'two_state' : `${title}_cluster_state_restore`;
    same(key, (json) => {
      const shards = at(json, 'restore', 'snapshots', 0, 'shards');
      const states = Array.isArray(shards) ? shards.map((shard: unknown) => String(at(shard, 'state'))) : [];
      return [at(json, 'restore', 'snapshots', 0, 'state'), states.sort()];
    });
  }
  for (const title of ['async_0_recovery_active', 'async_0_recovery_named', 'async_end_recovery_active']) {
    same(title, (json) => json);
  }
  for (const title of ['async_1_recovery_active', 'async_2_recovery_active', 'async_end_recovery']) {
    same(title, (json) => Object.keys(Object(json)).length);
  }
  same('async_0_stats', (json) => json);
  same('async_0_cat_indices', (json) => at(json, 0, 'health'));
});

test('The restore of an index that is deleted fails, for one who waits and in the state, as recorded', async () => {
  const [one, other, third] = [
    'zeebe-record_big0',
    'zeebe-record_big1',
    'zeebe-record_big2_8.8.0_2026-11-25',
  ];
  const server = await searchEngine([one, other, third]);
  const { ask, snapshot, simulator, clock } = server;
  await snapshot('slow/one', 'zeebe-record_big*');
  const restore = (indices: string, wait: boolean) =>
    ask('POST', `/_snapshot/slow/one/_restore?wait_for_completion=${wait}`, { indices });
  await ask('DELETE', '/zeebe-record_big*');
  await restore(`${one},${other}`, false);
  const all = openSearchRecording('restore-running');
  const recording = all.filter(({ title }) => title.startsWith('during5'));
  const [, state, cat] = await replay(recording, clock, () => server.url);
  assert.deepEqual(
    [0, 1].map((shard) => at(state?.json, 'restore', 'snapshots', 0, 'shards', shard, 'state')),
    ['INIT', 'FAILURE'],
  );
  assert.deepEqual(cat?.json, [{ index: one, health: 'green', 'docs.count': '100' }]);

  // Nobody who sleeps on this clock moves it: only the deletion wakes the one who waits.
  clock.sleep = () => new Promise(() => {});
  const [deletion, waiter] = all.filter(({ title }) => title.startsWith('during3_delete_index'));
  assert.ok(deletion && waiter);
  const waiting = call(server.url, waiter.method, waiter.path, { body: waiter.body });
  while (!simulator.indices().includes(third)) await new Promise((resolve) => setImmediate(resolve));
  await replay([deletion], clock, () => server.url);
  assert.equal((await waiting).text, waiter.answer);
});

test('A snapshot waits for shards that a node is restoring, and a PARTIAL one gives what is whole in it', async () => {
  const [stuck, whole] = ['zeebe-record_a', 'zeebe-record_b'];
  const { simulator, clock, ask, snapshot } = await searchEngine([stuck, whole], {
    durations: { records: 1, restore: 5 },
  });
  simulator.order({ component: 'records', kind: 'partial' });
  await snapshot('slow/part', '*');
  await ask('DELETE', '/*');
  const restore = (indices: string) => ask('POST', '/_snapshot/slow/part/_restore', { indices });
  assert.equal((await restore(`${stuck},${whole}`)).status, 500);
  assert.deepEqual(simulator.indices(), []);
  assert.deepEqual((await restore(whole)).json, { accepted: true });
  clock.advance(1000);
  const begun = clock.now();
  const taken = await snapshot('camunda/x_1', '*');
  assert.equal(at(taken.json, 'snapshot', 'state'), 'SUCCESS');
  assert.equal(clock.now() - begun, 5000);
});

test('A restore onto a closed index opens it with its old uuid, and a renamed one keeps its own name inside', async () => {
  const { ask, snapshot } = await searchEngine(['zeebe-record_a']);
  const settings = async (name: string, key: string): Promise<unknown> =>
    at((await ask('GET', `/${name}`)).json, name, 'settings', 'index', key);
  await snapshot('camunda/one', '*');
  const uuid = await settings('zeebe-record_a', 'uuid');
  const restore = (body: unknown) =>
    ask('POST', '/_snapshot/camunda/one/_restore?wait_for_completion=true', body);
  await ask('POST', '/zeebe-record_a/_close');
  await restore({});
  assert.equal(await settings('zeebe-record_a', 'uuid'), uuid);
  assert.deepEqual(at((await ask('GET', '/_resolve/index/*')).json, 'indices', 0, 'attributes'), ['open']);
  await restore({ rename_pattern: '(.+)', rename_replacement: 'drill-$1' });
  assert.equal(await settings('drill-zeebe-record_a', 'provided_name'), 'zeebe-record_a');
  assert.notEqual(await settings('drill-zeebe-record_a', 'uuid'), uuid);
  const stats = await ask('GET', '/drill-*/_stats/docs?level=shards');
  const shard = ['indices', 'drill-zeebe-record_a', 'shards', '0', 0];
  assert.equal(at(stats.json, ...shard, 'commit', 'num_docs'), 100);
});

test('A fault on order refuses a restore, and an index that is missing makes the health red', async () => {
  const { simulator, ask, snapshot } = await searchEngine(['zeebe-record_a']);
  await snapshot('camunda/one', '*');
  simulator.order({ operation: 'search.restore', kind: { answer: { status: 503 } } });
  const restore = () =>
    ask('POST', '/_snapshot/camunda/one/_restore', { rename_pattern: '^', rename_replacement: 'b' });
  assert.equal((await restore()).status, 503);
  assert.deepEqual((await restore()).json, { accepted: true });
  const { status, json } = await ask('GET', '/_cluster/health/nope');
  assert.deepEqual([status, at(json, 'status'), at(json, 'timed_out')], [408, 'red', true]);
});
