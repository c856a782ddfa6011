import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { recordFailure } from '../../../core/backup/fail.ts';
import { lockIn } from '../../support/lock-in.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { testContext } from '../fakes.ts';
import { failure, held, paused, resumed, setUp, stateIn } from './finish-world.ts';
import { entryOf, manifest, pauseOf, run } from './world.ts';

describe('A failure that ends its run', () => {
  test('A failure is written into the manifest with what is known of the components, and the lock is free', async () => {
    const context = await setUp({ entries: [entryOf('operate', { state: 'STARTED' })] });
    const { manifest: failed } = await recordFailure(run, failure, context);
    assert.equal(failed?.state, 'FAILED');
    assert.deepEqual(failed.failure, failure);
    assert.equal(failed.endedAt, '2026-11-21T09:10:00.000Z');
    assert.deepEqual(
      failed.components.map(({ component, state }) => `${component} ${state}`),
      ['operate STARTED'],
    );
    assert.deepEqual(await context.ledger.readManifest('production', 7), failed);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure keeps the lock while exporting may be paused, and its manifest says so', async () => {
    const context = await setUp({
      lock: pauseOf({ ...paused, ...held }),
    });
    const { manifest: failed } = await recordFailure(run, failure, context);
    assert.equal(failed?.exporting.leftPaused, true);
    assert.equal((await context.ledger.readLock('production'))?.runId, run.runId);
  });

  test('A failure never overwrites a COMPLETED manifest', async () => {
    const context = await setUp();
    await writeManifest(context.ledger, { ...manifest, state: 'COMPLETED' });
    await recordFailure(run, failure, context);
    assert.equal(await stateIn(context), 'COMPLETED');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure that comes after another leaves the first one', async () => {
    const context = await setUp({
      lock: pauseOf({ ...paused, ...held }),
    });
    await recordFailure(run, failure, context);
    const { manifest: again } = await recordFailure(run, { error: 'Abandoned', message: 'found' }, context);
    assert.deepEqual(again?.failure, failure);
  });

  test('A failure before there is a manifest gives the lock back', async () => {
    const context = testContext();
    const { lock } = await context.ledger.acquire({
      format: 2,
      cluster: 'production',
      runId: 'run-1',
      purpose: 'backup',
      owner: context.owner('run-1'),
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
    });
    assert.equal((await recordFailure(lock, failure, context)).manifest, undefined);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure of a run without the lock changes nothing', async () => {
    const context = await setUp();
    const writes = context.store.changes.length;
    assert.equal((await recordFailure({ ...run, runId: 'run-2' }, failure, context)).manifest, undefined);
    assert.equal(context.store.changes.length, writes);
    assert.equal((await context.ledger.readLock('production'))?.runId, run.runId);
  });

  test('A failure does not touch the manifest of another run', async () => {
    const context = await setUp();
    await writeManifest(context.ledger, { ...manifest, runId: 'run-0' });
    await recordFailure(run, failure, context);
    assert.equal(await stateIn(context), 'RUNNING');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure does not take the manifest of another run under its id for its own', async () => {
    for (const backupId of [run.backupId, undefined]) {
      const context = await setUp();
      await writeManifest(context.ledger, { ...manifest, runId: 'run-0', state: 'COMPLETED' });
      await context.ledger.changeLock('production', run.runId, { backupId });
      assert.equal((await recordFailure(run, failure, context)).manifest, undefined);
      assert.equal(await context.ledger.readLock('production'), undefined);
    }
  });
});

describe('A failure that is tried again', () => {
  const again = { tryAgain: true };

  test('A failed try is in the manifest, and the run keeps the lock without anything of the backup that failed', async () => {
    const context = await setUp();
    const before = await context.ledger.readLock('production');
    const { manifest: failed, triesAgain } = await recordFailure(run, failure, context, again);
    assert.equal(triesAgain, true);
    assert.equal(failed?.state, 'FAILED');
    assert.deepEqual(failed.failure, failure);
    assert.equal(failed.exporting.resumedAt, resumed.resumedAt);
    const { format, cluster, runId, purpose, owner, reason, acquiredAt } = before ?? {};
    assert.deepEqual(await context.ledger.readLock('production'), {
      format,
      cluster,
      runId,
      purpose,
      owner,
      reason,
      acquiredAt,
      attempt: 2,
    });
  });

  test('A failed try counts the attempt in the lock on', async () => {
    const context = await setUp();
    await context.ledger.changeLock('production', run.runId, { attempt: 2 });
    await recordFailure(run, failure, context, again);
    assert.equal((await context.ledger.readLock('production'))?.attempt, 3);
  });

  test('A failed try may be recorded again: the lock is emptied once, and the answer is the same', async () => {
    const context = await setUp();
    const named = { ...run, backupId: run.backupId };
    const first = await recordFailure(named, failure, context, again);
    const writes = context.store.changes.length;
    assert.deepEqual(await recordFailure(named, failure, context, again), first);
    assert.equal(context.store.changes.length, writes);
  });

  test('A failed try that is recorded again when the next one has begun changes nothing of that one', async () => {
    const context = await setUp();
    await recordFailure(run, failure, context, again);
    await context.ledger.changeLock('production', run.runId, { backupId: 8, ...pauseOf(paused) });
    const lock = await context.ledger.readLock('production');
    await recordFailure(run, { error: 'LockLost', message: 'late' }, context, again);
    assert.deepEqual(await context.ledger.readLock('production'), lock);
    assert.deepEqual((await context.ledger.readManifest('production', 7))?.failure, failure);
  });

  test('A failed try that is recorded twice at once leaves alone what the next one has written already', async () => {
    const context = await setUp();
    const next = { backupId: 8, ...pauseOf({ requestedAt: '2026-11-21T09:11:00.000Z' }) };
    let replaced = 0;
    context.store.before = (call) => {
      if (call !== 'replace production/lock.json') return;
      replaced += 1;
      if (replaced > 1) return;
      // Between the reading of the lock and its change: the other call, and the next try.
      const text = context.store.documents.get('production/lock.json') ?? '';
      const lock = lockIn(text);
      context.store.documents.set('production/lock.json', JSON.stringify({ ...lock, ...next, attempt: 2 }));
      context.store.touch('production/lock.json');
    };
    assert.equal((await recordFailure(run, failure, context, again)).triesAgain, true);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.backupId, 8);
    assert.equal(lock.attempt, 2);
    assert.deepEqual(lock.pause, next.pause);
  });

  test('A next try that nobody wants any more and that has not begun is called off: the lock is free', async () => {
    const context = await setUp();
    assert.equal((await recordFailure(run, failure, context, again)).triesAgain, true);
    assert.equal((await recordFailure(run, failure, context)).triesAgain, false);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure of a run that never chose an id is not tried again: the lock is free', async () => {
    const context = await setUp();
    await context.ledger.changeLock('production', run.runId, { backupId: undefined });
    const { cluster, runId } = run;
    const recorded = await recordFailure({ cluster, runId }, failure, context, again);
    assert.deepEqual(recorded, { manifest: undefined, leftPaused: false, triesAgain: false });
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure is not tried again while exporting may be paused: the lock stays as it is', async () => {
    const context = await setUp({ lock: pauseOf(paused) });
    const lock = await context.ledger.readLock('production');
    const { triesAgain, manifest: failed } = await recordFailure(run, failure, context, again);
    assert.equal(triesAgain, false);
    assert.equal(failed?.exporting.leftPaused, true);
    assert.deepEqual(await context.ledger.readLock('production'), lock);
  });

  test('A failure is not tried again where the backup is complete after all', async () => {
    const context = await setUp();
    await writeManifest(context.ledger, { ...manifest, state: 'COMPLETED' });
    const { triesAgain, manifest: completed } = await recordFailure(run, failure, context, again);
    assert.equal(triesAgain, false);
    assert.equal(completed?.state, 'COMPLETED');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A failure of a run without the lock is not tried again', async () => {
    const context = await setUp();
    const late = { ...run, runId: 'run-2' };
    assert.equal((await recordFailure(late, failure, context, again)).triesAgain, false);
  });

  test('A failed try that a repair finds before the next one gives the lock back', async () => {
    const context = await setUp();
    await recordFailure(run, failure, context, again);
    const lock = await context.ledger.readLock('production');
    assert(lock);
    await recordFailure(lock, { error: 'Abandoned', message: 'found' }, context);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.deepEqual((await context.ledger.readManifest('production', 7))?.failure, failure);
  });
});
