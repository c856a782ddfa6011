import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import {
  type ComponentName,
  type CourseKind,
  courses,
  type SearchEngine,
  type Simulator,
  startSimulator,
} from '../../simulator/index.ts';
import { cleanUp } from '../support/clean-up.ts';
import { at, call, TestClock } from './harness.ts';

/** Where a component's backup is started, and where its state is asked. */
const PATHS: Record<ComponentName, { url(simulator: Simulator): string | undefined; path: string }> = {
  zeebe: { url: ({ urls }) => urls.zeebe, path: '/actuator/backups' },
  operate: { url: ({ urls }) => urls.operate, path: '/actuator/backups' },
  tasklist: { url: ({ urls }) => urls.tasklist, path: '/actuator/backups' },
  webApplications: { url: ({ urls }) => urls.webApplications, path: '/actuator/backupHistory' },
  optimize: { url: ({ urls }) => urls.optimize, path: '/actuator/backups' },
  records: { url: ({ urls }) => urls.search, path: '/_snapshot/camunda' },
};

/** Starts backup 7 with a course and returns what the status calls said, every 50 ms for three seconds, and long after. */
async function run(
  component: ComponentName,
  course: CourseKind | undefined,
  search: SearchEngine = 'elasticsearch',
): Promise<{ seen: string[]; simulator: Simulator; end: unknown }> {
  const clock = new TestClock();
  const camunda = component === 'webApplications' ? '8.8' : '8.6';
  const simulator = await startSimulator({ camunda, clock, components: { search } });
  if (course !== undefined) simulator.order({ component, kind: course });
  const { url, path } = PATHS[component];
  const base = url(simulator) ?? '';
  const isRecords = component === 'records';
  const one = isRecords ? `${path}/camunda_zeebe_records_backup_7` : `${path}/7`;
  const startedAs = isRecords
    ? await call(base, 'PUT', `${one}?wait_for_completion=false`, { body: { indices: 'zeebe-record*' } })
    : await call(base, 'POST', path, { body: { backupId: 7 } });
  assert.ok(startedAs.status < 300, startedAs.text);
  const seen: string[] = [];
  let end: unknown;
  for (let elapsed = 0; elapsed <= 3000; elapsed += 50) {
    if (elapsed === 3000) clock.advance(600_000);
    const answer = await call(base, 'GET', one);
    const state = isRecords ? at(answer.json, 'snapshots', 0, 'state') : at(answer.json, 'state');
    const shown = answer.status === 200 ? String(state) : String(answer.status);
    if (seen.at(-1) !== shown) seen.push(shown);
    end = answer.json;
    clock.advance(50);
  }
  return { seen, simulator, end };
}

describe('a backup without a fault', () => {
  const flapping = Array.from({ length: 5 }, () => ['IN_PROGRESS', 'INCOMPLETE']).flat();
  const expected: Record<ComponentName, string[]> = {
    zeebe: ['404', 'INCOMPLETE', 'IN_PROGRESS', 'COMPLETED'],
    operate: ['400', ...flapping, 'IN_PROGRESS', 'COMPLETED'],
    tasklist: ['500', ...flapping, 'IN_PROGRESS', 'COMPLETED'],
    webApplications: ['404', 'IN_PROGRESS', 'COMPLETED'],
    optimize: ['404', 'IN_PROGRESS', 'INCOMPLETE', 'IN_PROGRESS', 'COMPLETED'],
    records: ['IN_PROGRESS', 'SUCCESS'],
  };
  for (const [name, states] of Object.entries(expected)) {
    test(`A backup of ${name} passes through ${[...new Set(states)].join(', ')}`, async () => {
      const component = Object.keys(PATHS).find((one): one is ComponentName => one === name);
      assert.ok(component);
      const { seen, simulator } = await run(component, undefined);
      cleanUp(() => simulator.close());
      assert.deepEqual(seen, states);
      assert.deepEqual(simulator.backupIds(component), [7]);
      assert.equal(simulator.backupState(component, 7), states.at(-1));
    });
  }

  test('Operate on OpenSearch answers 404, then 400 while a part runs and INCOMPLETE between parts', async () => {
    const { seen, simulator } = await run('operate', undefined, 'opensearch');
    cleanUp(() => simulator.close());
    const between = Array.from({ length: 5 }, () => ['400', 'INCOMPLETE']).flat();
    assert.deepEqual(seen, ['404', ...between, '400', 'COMPLETED']);
  });

  test('Tasklist on OpenSearch answers 404 for an id that it does not have', async () => {
    const { seen, simulator } = await run('tasklist', undefined, 'opensearch');
    cleanUp(() => simulator.close());
    assert.equal(seen[0], '404');
    assert.equal(seen.at(-1), 'COMPLETED');
  });

  test('Optimize on OpenSearch takes its parts at once', async () => {
    const { seen, simulator } = await run('optimize', undefined, 'opensearch');
    cleanUp(() => simulator.close());
    assert.deepEqual(seen, ['404', 'IN_PROGRESS', 'COMPLETED']);
  });
});

/** The last state of each course; the unknown backup is answered in each component's way. */
const UNKNOWN: Record<ComponentName, string> = {
  zeebe: '404',
  operate: '400',
  tasklist: '500',
  webApplications: '404',
  optimize: '404',
  records: '404',
};

for (const [name, possible] of Object.entries(courses)) {
  const component = Object.keys(PATHS).find((one): one is ComponentName => one === name);
  if (component === undefined) continue;
  const done = component === 'records' ? 'SUCCESS' : 'COMPLETED';
  const ends: Record<(typeof possible)[number], string> = {
    neverEnds: 'IN_PROGRESS',
    failed: 'FAILED',
    incompleteForEver: 'INCOMPLETE',
    incompatible: 'INCOMPATIBLE',
    flappingIncomplete: done,
    notFoundAfterAccept: done,
    vanishes: UNKNOWN[component],
    partial: component === 'records' ? 'PARTIAL' : 'FAILED',
  };
  describe(`a backup of ${component}`, () => {
    for (const course of possible) {
      test(`A backup of ${component} with the course ${course} ends as ${ends[course]}`, async () => {
        const kind = course === 'failed' ? { failed: { partition: 2, reason: 'disk full' } } : course;
        const { seen, simulator, end } = await run(component, kind);
        cleanUp(() => simulator.close());
        assert.equal(seen.at(-1), ends[course], seen.join(' '));
        if (course === 'failed') assert.match(JSON.stringify(end), /disk full/);
        if (course === 'flappingIncomplete') {
          assert.ok(seen.filter((state) => state === 'INCOMPLETE').length > 1 || component === 'optimize');
        }
        if (course === 'notFoundAfterAccept') assert.equal(seen[0], UNKNOWN[component]);
      });
    }
  });
}

test('A course that is ordered for two backups strikes the next two only', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.8', clock });
  cleanUp(() => simulator.close());
  simulator.order({ component: 'zeebe', times: 2, kind: { failed: {} } });
  for (const backupId of [1, 2, 3]) {
    await call(simulator.urls.zeebe, 'POST', '/actuator/backupRuntime', { body: { backupId } });
  }
  clock.advance(60_000);
  assert.deepEqual(
    [1, 2, 3].map((id) => simulator.backupState('zeebe', id)),
    ['FAILED', 'FAILED', 'COMPLETED'],
  );
});

test('A seeded backup is there in any state, and Zeebe refuses the id of the latest one', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.6', clock });
  cleanUp(() => simulator.close());
  for (const component of ['zeebe', 'operate', 'tasklist', 'optimize'] as const) {
    (['COMPLETED', 'FAILED', 'IN_PROGRESS', 'INCOMPLETE'] as const).forEach((state, index) => {
      simulator.seedBackup(component, 100 + index, state);
      assert.equal(simulator.backupState(component, 100 + index), state, component);
    });
    assert.deepEqual(simulator.backupIds(component), [100, 101, 102, 103]);
  }
  simulator.seedBackup('records', 100);
  assert.equal(simulator.backupState('records', 100), 'SUCCESS');
  const refused = await call(simulator.urls.zeebe, 'POST', '/actuator/backups', { body: { backupId: 103 } });
  assert.equal(refused.status, 409);
});

describe('OpenSearch', () => {
  test('OpenSearch leaves shards out of a snapshot that begins while it deletes, and Tasklist can list no backup then', async () => {
    const clock = new TestClock();
    const simulator = await startSimulator({ camunda: '8.6', clock, components: { search: 'opensearch' } });
    cleanUp(() => simulator.close());
    const { tasklist = '', search = '' } = simulator.urls;
    const path = '/actuator/backups';
    const deleting = async () => {
      const { json } = await call(search, 'GET', '/_cluster/state/customs?filter_path=snapshot_deletions');
      return at(json, 'snapshot_deletions', 'snapshot_deletions');
    };
    simulator.seedBackup('tasklist', 7, 'COMPLETED');
    assert.deepEqual(await deleting(), []);
    await call(tasklist, 'DELETE', `${path}/7`);
    assert.equal(at(await deleting(), 0, 'repository'), 'camunda');
    await call(tasklist, 'POST', path, { body: { backupId: 8 } });
    clock.advance(600_000);
    assert.deepEqual(await deleting(), []);
    for (const one of [path, `${path}/8`]) assert.equal((await call(tasklist, 'GET', one)).status, 500);
    assert.equal((await call(tasklist, 'POST', path, { body: { backupId: 9 } })).status, 200);
    await call(tasklist, 'DELETE', `${path}/8`);
    clock.advance(600_000);
    assert.equal((await call(tasklist, 'GET', path)).status, 200);
    assert.equal(at((await call(tasklist, 'GET', `${path}/9`)).json, 'state'), 'COMPLETED');
  });
});
