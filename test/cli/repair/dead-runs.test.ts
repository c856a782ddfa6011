import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { assertCode, bench, foreignLock, goneProcess } from '../harness.ts';
import { orphan, resultOf } from './world.ts';

describe('`repair` and the manifest of a dead run', () => {
  test('`repair` marks a manifest FAILED that is RUNNING while nobody holds the lock, and does so once', async () => {
    const on = await bench();
    await on.ledger.createManifest(orphan(41));
    await on.ledger.createManifest(orphan(42, { state: 'COMPLETED' }));
    const first = await on.repair().ended;
    assertCode(first, 0);
    assert.match(first.stdout, /There is no lock of test/);
    assert.match(
      first.stdout,
      /The backup 41 \(local-lost, since .*\) was RUNNING and no lock belongs to it: it is marked FAILED\./,
    );
    const left = await on.ledger.readManifest('test', 41);
    assert.equal(left?.state, 'FAILED');
    assert.equal(left.failure?.error, 'Abandoned');
    assert.deepEqual(await on.ledger.readManifest('test', 42), orphan(42, { state: 'COMPLETED' }));

    const second = await on.repair('--json').ended;
    assertCode(second, 0);
    assert.deepEqual(resultOf(second).orphans, []);
    assert.deepEqual(await on.ledger.readManifest('test', 41), left);
  });

  test('`repair` marks a manifest FAILED that is RUNNING while another run holds the lock, and leaves that run alone', async () => {
    const on = await bench({ durations: { webApplications: 60 } });
    await on.ledger.createManifest(orphan(41));
    const running = on.run('--id', '50');
    await on.asked('webApplications.check');
    const repair = await on.repair('--json').ended;
    assertCode(repair, 3);
    const { ok, lock, orphans, leftovers, problems } = resultOf(repair);
    assert.equal(ok, false);
    assert.deepEqual([lock?.repaired, lock?.backupId], [false, 50]);
    assert.deepEqual(
      orphans.map(({ backupId }) => backupId),
      [41],
    );
    assert.deepEqual(leftovers, []);
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['LockHeld'],
    );
    assert.match(repair.stderr, /Wait for it/);
    assert.equal((await on.ledger.readManifest('test', 41))?.state, 'FAILED');
    assert.equal((await on.ledger.readManifest('test', 50))?.state, 'RUNNING');
    assert.notEqual(on.simulator.pausedSince(), undefined);
    running.kill('SIGTERM');
    assertCode(await running.ended, 130);
    await on.assertAllIsWell();
  });

  test('`repair` frees the lock of a run that died between its last two steps, and leaves its backup COMPLETED', async () => {
    const on = await bench();
    await on.ledger.createManifest(orphan(41, { runId: 'local-another-run', state: 'COMPLETED' }));
    await on.ledger.acquire(foreignLock({ owner: goneProcess }));
    const repair = await on.repair().ended;
    assertCode(repair, 0);
    assert.match(repair.stdout, /Its backup 41 is COMPLETED and stays so\. The lock is free\./);
    assert.equal((await on.ledger.readManifest('test', 41))?.state, 'COMPLETED');
  });
});
