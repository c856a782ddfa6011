import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from '@jest/globals';
import type { Operation } from '../../simulator/index.ts';
import { assertCode, type Bench, bench, order } from './harness.ts';

/** Runs a backup that must succeed, and holds what is true of every one. */
async function complete(on: Bench, ...args: string[]) {
  const ended = await on.run(...args).ended;
  assertCode(ended, 0);
  const result = ended.json();
  const manifest = await on.manifest();
  await on.assertAllIsWell();
  assert.equal(result.state, 'COMPLETED');
  assert.equal(result.failure, null);
  assert.equal(result.backupId, manifest.backupId);
  assert.ok(result.manifest && existsSync(result.manifest));
  assert.equal(manifest.state, 'COMPLETED');
  assert.deepEqual(
    manifest.components.map(({ component }) => component).sort(),
    [...manifest.expectedComponents].sort(),
  );
  assert.ok(manifest.components.every(({ state, parts }) => state === 'COMPLETED' && parts?.length));
  assert.equal(manifest.exporting.leftPaused, false);
  const pauses = on.simulator.calls({ operation: 'zeebe.pause' });
  assert.deepEqual(
    [...new Set(pauses.map(({ path }) => path.replace(/^.*\/actuator/, '')))],
    ['/exporting/pause?soft=true'],
  );
  return { ended, result, manifest };
}

describe('A backup', () => {
  test('A backup whose resume fails three times and then works is complete', async () => {
    const on = await bench();
    on.simulator.order({ operation: 'zeebe.resume', times: 3, kind: { recorded: 'exporting-500-wrapper' } });
    const { ended } = await complete(on);
    assert.equal(on.simulator.calls({ operation: 'zeebe.resume' }).length, 4);
    assert.match(
      ended.stderr,
      /Resume exporting: did not work \(3 times\), trying again in 4\.5 s: .*Leader -2/,
    );
  });

  test('A backup of Camunda 8.8 pauses exporting before everything else', async () => {
    const on = await bench();
    const { ended, result, manifest } = await complete(on, '--reason', 'before the upgrade');
    const asked = order(on);
    assert.equal(asked[0], 'zeebe.pause');
    assert.deepEqual(asked.slice(1, 3).sort(), ['optimize.start', 'webApplications.start']);
    assert.deepEqual(asked.slice(3), ['search.create', 'zeebe.start', 'zeebe.resume']);
    assert.equal(manifest.order, 'PAUSE_FIRST');
    assert.equal(manifest.reason, 'before the upgrade');
    assert.equal(manifest.exporting.pauseProof, 'proven');
    assert.equal(manifest.exporting.resumeProof, 'proven');

    const records = on.simulator
      .snapshots()
      .find(({ name }) => name === `camunda_zeebe_records_backup_${manifest.backupId}`);
    assert.equal(records?.state, 'SUCCESS');
    assert.ok(records?.indices.length && records.indices.every((name) => name.startsWith('zeebe-record')));
    const entry = manifest.components.find(({ component }) => component === 'records');
    assert.deepEqual([...(entry?.indices ?? [])].sort(), [...records.indices].sort());
    const zeebe = manifest.components.find(({ component }) => component === 'zeebe');
    assert.equal(zeebe?.partitions, 3);
    assert.equal(zeebe?.parts?.length, 3);

    const [pause] = on.simulator.pauseHistory();
    assert.ok(pause?.resumedAt !== undefined && result.pausedSeconds !== null);
    // From the request of the pause to the answer of the resume, so not less than what the brokers saw.
    assert.ok(result.pausedSeconds >= (pause.resumedAt - pause.pausedAt) / 1000 - 0.01);
    assert.ok(result.durationSeconds >= result.pausedSeconds);
    assert.deepEqual(
      result.components.map(({ component, state, parts }) => [component, state, parts]),
      [
        ['webApplications', 'COMPLETED', 5],
        ['optimize', 'COMPLETED', 2],
        ['records', 'COMPLETED', 1],
        ['zeebe', 'COMPLETED', 3],
      ],
    );
    assert.match(ended.stderr, /is complete/);
    assert.match(ended.stderr, /is resumed \(read back on every partition\)/);
    assert.equal(ended.stdout.trim().split('\n').length, 1, 'stdout has the result and nothing else');
  });

  test('A backup of Camunda 8.7 takes the applications before it pauses exporting', async () => {
    const on = await bench({ camunda: '8.7' });
    const { manifest } = await complete(on);
    const asked = order(on);
    assert.deepEqual(asked.slice(0, 3).sort(), ['operate.start', 'optimize.start', 'tasklist.start']);
    assert.deepEqual(asked.slice(3), ['zeebe.pause', 'search.create', 'zeebe.start', 'zeebe.resume']);
    assert.equal(manifest.order, 'APPLICATIONS_FIRST');
  });

  test('A backup of Zeebe alone pauses exporting, takes Zeebe and resumes exporting', async () => {
    const on = await bench({ components: { search: false } });
    await complete(on);
    assert.deepEqual(order(on), ['zeebe.pause', 'zeebe.start', 'zeebe.resume']);
  });

  test('A backup without the records takes no snapshot of them and does not expect them', async () => {
    const on = await bench({}, ({ records: _, ...cluster }) => cluster);
    const { manifest } = await complete(on);
    assert.ok(!order(on).includes('search.create'));
    assert.ok(!manifest.expectedComponents.includes('records'));
  });

  test('A backup of a cluster without Optimize does not expect it', async () => {
    const on = await bench({ components: { optimize: false } });
    const { manifest } = await complete(on);
    assert.ok(!manifest.expectedComponents.includes('optimize'));
  });

  test('A backup with OpenSearch has a snapshot of the records', async () => {
    const on = await bench({ components: { search: 'opensearch' } });
    const { manifest } = await complete(on);
    assert.equal(on.simulator.backupState('records', manifest.backupId), 'SUCCESS');
  });

  test('A backup of Operate on OpenSearch, which answers 400 while a part runs, is complete', async () => {
    const on = await bench({ camunda: '8.6', components: { search: 'opensearch' } });
    await complete(on);
  });

  test('A backup behind passwords and a base path is complete, and no password is written down', async () => {
    const credentials = { username: 'backup', password: 'opensesame' };
    const auth = { username: 'backup', password: { env: 'TEST_PASSWORD' } };
    const withAuth = (settings: unknown) => ({ ...(settings as object), auth });
    const on = await bench(
      {
        basePath: '/manage',
        managementAuth: credentials,
        searchAuth: credentials,
        env: { TEST_PASSWORD: credentials.password },
      },
      ({ zeebe, webApplications, optimize, search, ...cluster }) => ({
        ...cluster,
        zeebe: withAuth(zeebe),
        webApplications: withAuth(webApplications),
        optimize: withAuth(optimize),
        search: withAuth(search),
      }),
    );
    const { ended, manifest } = await complete(on);
    const everything = ended.stdout + ended.stderr + JSON.stringify(manifest);
    assert.doesNotMatch(everything, /opensesame|b3BlbnNlc2FtZ/);
  });

  test('A backup is made under the id that was asked for, and no other one is made under it', async () => {
    const on = await bench();
    const { result } = await complete(on, '--id', '4711');
    assert.equal(result.backupId, 4711);
    assert.deepEqual(on.simulator.backupIds('zeebe'), [4711]);
    const again = await on.run('--id', '4711').ended;
    assertCode(again, 2);
    assert.equal(again.json().failure?.error, 'BackupIdRefused');
    assert.match(again.stderr, /4711 is used already/);
    await on.assertAllIsWell();
    assert.equal(on.simulator.calls({ operation: 'zeebe.pause' }).length, 1);
  });

  test('A backup is complete also where components say INCOMPLETE or nothing at first', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '10s' }));
    on.simulator.order({ component: 'webApplications', kind: 'flappingIncomplete' });
    on.simulator.order({ component: 'optimize', kind: 'notFoundAfterAccept' });
    on.simulator.order({ component: 'zeebe', kind: 'notFoundAfterAccept' });
    await complete(on);
  });

  test('A backup whose starts were answered into the void is completed under the same id', async () => {
    const on = await bench();
    const starts: Operation[] = ['webApplications.start', 'optimize.start', 'search.create', 'zeebe.start'];
    for (const operation of starts) on.simulator.order({ operation, kind: 'lostAnswer' });
    const { manifest } = await complete(on);
    for (const component of ['webApplications', 'optimize', 'records', 'zeebe'] as const) {
      assert.deepEqual(on.simulator.backupIds(component), [manifest.backupId]);
    }
  });

  test('The program that was built makes a backup, and has `status`, `watchdog`, `repair` and `watch`', async () => {
    const on = await bench();
    const run = await on.spawnRun().ended;
    assertCode(run, 0);
    assert.equal(run.json().backupId, (await on.manifest()).backupId);
    for (const { command, says } of [
      { command: 'status', says: /^ {2}status +ok$/m },
      { command: 'watchdog', says: /^test: ok \(no run is at work\)\.$/m },
      { command: 'repair', says: /^There is no lock of test/m },
    ]) {
      const ended = await on.spawn([command]).ended;
      assertCode(ended, 0);
      assert.match(ended.stdout, says);
    }
    // Without anything of AWS at hand.
    const nobody = { HOME: on.folder, AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
    const watch = await on.spawn(['watch', '--stack', 'backups'], nobody).ended;
    assertCode(watch, 2);
    assert.match(watch.stderr, /no region is set/);
    await on.assertAllIsWell();
  });

  test('A backup whose reader goes away is not left half done', async () => {
    const on = await bench();
    const running = on.spawnRun();
    await running.printed(/paused/);
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    assertCode(await running.ended, 0);
    await on.assertAllIsWell();
    assert.equal((await on.manifest()).state, 'COMPLETED');
  });
});
