import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { shortWaits } from '../support/waits.ts';
import { assertCode, type Bench, bench } from './harness.ts';

const leaderChange = {
  component: 'zeebe',
  kind: { failed: { reason: 'Backup is cancelled due to leader change.' } },
} as const;
const components = ['webApplications', 'optimize', 'records', 'zeebe'] as const;

/** The backups in the ledger, the first one first. */
async function manifests(on: Bench): Promise<Manifest[]> {
  const all: Manifest[] = [];
  for (const id of await on.backupIds()) {
    const manifest = await on.ledger.readManifest('test', id);
    assert.ok(manifest);
    all.push(manifest);
  }
  return all;
}

/** Runs a backup whose first try fails and whose second one must not. */
async function completeAtTheSecondTry(on: Bench) {
  const ended = await on.run('--reason', 'nightly').ended;
  assertCode(ended, 0);
  await on.assertAllIsWell();
  const [first, second, ...more] = await manifests(on);
  assert.ok(first && second);
  assert.deepEqual(more, []);
  assert.equal(first.state, 'FAILED');
  assert.equal(second.state, 'COMPLETED');
  assert.equal(second.attempt, 2);
  assert.equal(second.replaces, first.backupId);
  assert.equal(second.runId, first.runId);
  assert.equal(second.reason, 'nightly');
  const result = ended.json();
  assert.equal(result.state, 'COMPLETED');
  assert.equal(result.backupId, second.backupId);
  assert.equal(result.failure, null);
  assert.equal(ended.stdout.trim().split('\n').length, 1, 'stdout has the result and nothing else');
  return { ended, result, first, second };
}

describe('A backup that fails for a reason that passes', () => {
  test('A backup that fails because of a leader change is made again under a new id', async () => {
    const on = await bench({ waits: shortWaits });
    on.simulator.order(leaderChange);
    const { ended, result, first, second } = await completeAtTheSecondTry(on);
    const { stderr } = ended;

    assert.match(first.failure?.message ?? '', /^Zeebe says that its backup is FAILED: .*leader change/);
    assert.equal(first.exporting.leftPaused, false);
    const pauses = on.simulator.pauseHistory();
    assert.equal(pauses.length, 2);
    assert.ok(result.pausedSeconds !== null);
    // Each pause is longer from here than from there: by its request and by the answer of the resume.
    const paused = pauses.reduce(
      (sum, { pausedAt, resumedAt }) => sum + ((resumedAt ?? 0) - pausedAt) / 1000,
      0,
    );
    assert.ok(result.pausedSeconds >= paused - 0.01, `${result.pausedSeconds} of ${paused}`);
    assert.ok(result.durationSeconds >= result.pausedSeconds);

    const said = [
      `Backup ${first.backupId} of test`,
      'Zeebe: FAILED',
      'Exporting is resumed after',
      `Backup ${first.backupId} FAILED and is tried again with a new id: Zeebe says that its backup is FAILED`,
      'The next try begins in 2 min 00 s.',
      `Backup ${second.backupId} of test`,
      'Exporting is paused (soft)',
      'Zeebe: done, 3 parts',
      'Exporting is resumed after',
      `Backup ${second.backupId} of test is complete`,
    ];
    let from = 0;
    for (const words of said) {
      const found = stderr.indexOf(words, from);
      assert.ok(found >= 0, `"${words}" is not said, or not in its turn:\n${stderr}`);
      from = found + words.length;
    }
  });

  test('A backup that is made again leaves nothing of the failed one in the components, also where a part was complete', async () => {
    const on = await bench({ waits: shortWaits });
    on.simulator.order(leaderChange);
    const { first, second } = await completeAtTheSecondTry(on);
    for (const component of components) {
      assert.deepEqual(on.simulator.backupIds(component), [second.backupId], component);
      assert.equal(first.components.find((one) => one.component === component)?.runId, first.runId);
    }
    for (const operation of [
      'webApplications.delete',
      'optimize.delete',
      'search.delete',
      'zeebe.delete',
    ] as const) {
      const paths = on.simulator.calls({ operation }).map(({ path }) => path);
      assert.equal(paths.length, 1, operation);
      assert.ok(paths[0]?.includes(`${first.backupId}`), operation);
    }
  });

  test('A backup that is made again completes also where what the failed one left cannot be deleted, and says so', async () => {
    const on = await bench({ waits: shortWaits });
    on.simulator.order(leaderChange);
    on.simulator.order({ operation: 'zeebe.delete', kind: { answer: { status: 500 } } });
    const { ended, first } = await completeAtTheSecondTry(on);
    assert.match(ended.stderr, new RegExp(`The part of the backup ${first.backupId} in Zeebe stays: `));
    assert.ok(on.simulator.backupIds('zeebe').includes(first.backupId));
  });

  test('A backup of Camunda 8.7 that fails before its pause, because an application forgot it, is made again', async () => {
    const on = await bench({ camunda: '8.7', waits: shortWaits });
    on.simulator.order({ component: 'operate', kind: 'vanishes' });
    const { first } = await completeAtTheSecondTry(on);
    assert.match(first.failure?.message ?? '', /Operate does not know the backup that it accepted/);
    assert.equal(on.simulator.pauseHistory().length, 1);
  });

  test('A backup that fails because a component was too slow is made again', async () => {
    const on = await bench({ waits: shortWaits }, (cluster) => ({ ...cluster, timeout: '5s' }));
    on.simulator.order({ component: 'optimize', kind: 'neverEnds' });
    const { first, second } = await completeAtTheSecondTry(on);
    assert.equal(first.failure?.error, 'ComponentTimedOut');
    assert.deepEqual(on.simulator.backupIds('optimize'), [second.backupId]);
  });

  test('A backup that fails again is FAILED: both tries are in the ledger, and the last one is the result', async () => {
    const on = await bench({ waits: shortWaits });
    on.simulator.order({ ...leaderChange, times: 2 });
    const ended = await on.run().ended;
    assertCode(ended, 1);
    await on.assertAllIsWell();
    const [first, second, ...more] = await manifests(on);
    assert.deepEqual(more, []);
    assert.deepEqual([first?.state, second?.state], ['FAILED', 'FAILED']);
    const result = ended.json();
    assert.equal(result.backupId, second?.backupId);
    assert.match(result.failure?.message ?? '', /leader change/);
    assert.match(ended.stderr, new RegExp(`Backup ${second?.backupId} of test FAILED`));
    assert.equal(ended.stderr.match(/is tried again/g)?.length, 1);
    assert.equal(on.simulator.pauseHistory().length, 2);
  });

  for (const { where, args, settings } of [
    { where: 'where --id wants that id and no other', args: ['--id', '7'], settings: {} },
    { where: 'where the configuration says attempts: 1', args: [], settings: { attempts: 1 } },
  ]) {
    test(`A backup that fails for a reason that passes is tried only once ${where}`, async () => {
      const on = await bench({ waits: shortWaits }, (cluster) => ({ ...cluster, ...settings }));
      on.simulator.order(leaderChange);
      const ended = await on.run(...args).ended;
      assertCode(ended, 1);
      await on.assertAllIsWell();
      assert.equal((await on.manifest()).state, 'FAILED');
      assert.doesNotMatch(ended.stderr, /tried again/);
      assert.equal(on.simulator.calls({ operation: 'zeebe.delete' }).length, 0);
      assert.match(ended.stderr, /Back up again/);
    });
  }

  test('A backup that fails for a reason that does not pass is tried only once', async () => {
    const on = await bench({ waits: shortWaits });
    on.simulator.order({ component: 'zeebe', kind: { failed: { reason: 'No space left on device' } } });
    assertCode(await on.run().ended, 1);
    await on.assertAllIsWell();
    assert.equal((await on.manifest()).state, 'FAILED');
  });
});

describe('A signal before another try', () => {
  /** Holds that only the first try was made, and that it stays what it was. */
  async function assertEnded(on: Bench, ended: Awaited<ReturnType<Bench['run']>['ended']>) {
    assertCode(ended, 130);
    await on.assertAllIsWell();
    const result = ended.json();
    assert.equal(result.state, 'INTERRUPTED');
    assert.equal(result.failure?.error, 'Interrupted');
    assert.notEqual(result.pausedSeconds, null);
    const manifest = await on.manifest();
    assert.equal(manifest.state, 'FAILED');
    assert.match(manifest.failure?.message ?? '', /leader change/);
    assert.equal(on.simulator.pauseHistory().length, 1);
    return result;
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} in the wait between two tries frees the lock at once, and there is no other try`, async () => {
      const on = await bench();
      on.simulator.order(leaderChange);
      const running = on.run();
      await running.printed(/is tried again/);
      await on.asked('zeebe.delete');
      running.kill(signal);
      const ended = await running.ended;
      const { backupId, manifest, failure } = await assertEnded(on, ended);
      const failed = await on.manifest();
      assert.equal(backupId, failed.backupId);
      assert.match(manifest ?? '', new RegExp(`/${failed.backupId}/`));
      assert.equal(failure?.message, `The run was interrupted by ${signal}`);
      assert.match(ended.stderr, new RegExp(`${signal}: releasing the lock before the end`));
    });
  }

  test('A signal while exporting is resumed after the first failure lets that end, and there is no other try', async () => {
    const on = await bench();
    on.simulator.order(leaderChange);
    on.simulator.order({ operation: 'zeebe.resume', times: 2, kind: { recorded: 'exporting-500-wrapper' } });
    const running = on.run();
    await on.asked('zeebe.resume', 2);
    running.kill('SIGTERM');
    const ended = await running.ended;
    assertCode(ended, 130);
    await on.assertAllIsWell();
    const manifest = await on.manifest();
    assert.match(manifest.failure?.message ?? '', /leader change/);
    assert.equal(ended.json().backupId, manifest.backupId);
    assert.doesNotMatch(ended.stderr, /tried again/);
  });

  test('A signal while what the failed try left is being deleted ends the run, and there is no other try', async () => {
    const on = await bench();
    on.simulator.order(leaderChange);
    on.simulator.order({ operation: 'zeebe.delete', kind: 'hang' });
    const running = on.run();
    await on.asked('zeebe.delete');
    running.kill('SIGTERM');
    await assertEnded(on, await running.ended);
  });

  test('A signal while the second try looks at the cluster ends the run before it pauses again', async () => {
    const on = await bench({ waits: shortWaits });
    on.simulator.order(leaderChange);
    // Of the first try: the page of Zeebe, and of the web applications at the same address.
    on.simulator.order({ operation: 'zeebe.discover', skip: 2, kind: 'hang' });
    const running = on.run();
    await on.asked('zeebe.discover', 3);
    running.kill('SIGTERM');
    await assertEnded(on, await running.ended);
  });

  test('A signal while the second try is paused resumes exporting first, and there is no third try', async () => {
    const on = await bench({ waits: shortWaits }, (cluster) => ({ ...cluster, attempts: 5 }));
    on.simulator.order(leaderChange);
    on.simulator.order({ component: 'webApplications', skip: 1, kind: 'neverEnds' });
    const running = on.run();
    await on.asked('webApplications.start', 2);
    running.kill('SIGTERM');
    const ended = await running.ended;
    assertCode(ended, 130);
    await on.assertAllIsWell();
    const [first, second, ...more] = await manifests(on);
    assert.deepEqual(more, []);
    assert.match(first?.failure?.message ?? '', /leader change/);
    assert.equal(second?.failure?.error, 'Interrupted');
    assert.equal(ended.json().backupId, second.backupId);
    assert.equal(on.simulator.pauseHistory().length, 2);
  });

  test('A run that is killed in the wait between two tries leaves a lock that the next run frees', async () => {
    const on = await bench();
    on.simulator.order(leaderChange);
    const killed = on.spawnRun();
    await killed.printed(/is tried again/);
    await on.asked('zeebe.delete');
    killed.kill('SIGKILL');
    await killed.ended;
    const lock = await on.lock();
    assert.equal(lock?.attempt, 2);
    assert.equal(lock.backupId, undefined);
    assert.equal(on.simulator.pausedSince(), undefined);
    const next = await on.run().ended;
    assertCode(next, 0);
    assert.match(next.stderr, /this command repairs what it left/);
    assert.match(next.stderr, /Exporting was not paused by it\. The lock is free\./);
    await on.assertAllIsWell();
    const [first, second] = await manifests(on);
    assert.match(first?.failure?.message ?? '', /leader change/);
    assert.equal(second?.state, 'COMPLETED');
    assert.equal(second.attempt, 1);
  });
});
