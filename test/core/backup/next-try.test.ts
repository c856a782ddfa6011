import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { recordFailure } from '../../../core/backup/fail.ts';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { at, yaml88 } from '../fake-cluster.ts';
import { failureOf, noAnswer } from '../fakes.ts';
import { nowSeconds, planned, request, setUp } from './prepare-world.ts';

describe('The next try of a run', () => {
  const next = { ...request, attempt: 2, replaces: nowSeconds };

  /** The first try has failed, and the run has kept the lock. */
  async function failedOnce(yaml = yaml88) {
    const world = setUp({ yaml });
    const { context } = world;
    const first = await planned(context);
    const failure = { error: 'ComponentBackupFailed', message: 'There was a leader change' };
    const { triesAgain } = await recordFailure(first.run, failure, context, { tryAgain: true });
    assert(triesAgain);
    context.clock.advance(60);
    return { ...world, first };
  }

  test('The next try is another backup of the same run: a new id, and a manifest that names the one before', async () => {
    const { context, first } = await failedOnce();
    const plan = await prepareBackup(next, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    assert.equal(plan.attempt, 2);
    assert.equal(plan.attempts, 2);
    assert.equal(plan.run.runId, first.run.runId);
    assert.equal(plan.run.backupId, nowSeconds + 60);
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.equal(manifest?.state, 'RUNNING');
    assert.equal(manifest.attempt, 2);
    assert.equal(manifest.replaces, first.run.backupId);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.backupId, plan.run.backupId);
    assert.equal(lock.attempt, 2);
  });

  test('The next try has an id above that of the failed one also in the same second', async () => {
    const { context } = await failedOnce();
    context.clock.advance(-60);
    const plan = await prepareBackup(next, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    assert.equal(plan.run.backupId, nowSeconds + 1);
  });

  test('The next try looks at the cluster anew: it knows that a broker shows no phases any more', async () => {
    const { context, fake } = await failedOnce();
    fake.replies[`GET ${at.zeebe}/actuator/partitions`] = noAnswer();
    const plan = await prepareBackup(next, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    assert.equal(plan.exporting.provable, false);
  });

  test('The next try makes the same plan when it is called again', async () => {
    const { context } = await failedOnce();
    const plan = await prepareBackup(next, 'run-1', context);
    context.clock.advance(5);
    assert.deepEqual(await prepareBackup(next, 'run-1', context), plan);
  });

  test('The next try for a moment of a schedule is not taken for a second delivery of that moment', async () => {
    const { context } = setUp();
    const scheduledTime = '2026-11-21T09:00:00Z';
    const first = await prepareBackup({ ...request, scheduledTime }, 'run-1', context);
    assert(first.outcome === 'PLANNED');
    const failure = { error: 'ComponentTimedOut', message: 'slow' };
    await recordFailure(first.run, failure, context, { tryAgain: true });
    const again = await prepareBackup({ ...next, scheduledTime }, 'run-1', context);
    assert(again.outcome === 'PLANNED');
    assert.equal(again.scheduledTime, scheduledTime);
  });

  test('The next try is refused where somebody put the run right meanwhile: the lock is not taken again', async () => {
    const { context, fake } = await failedOnce();
    await context.ledger.release('production', 'run-1');
    const asked = fake.requests.length;
    const error = await failureOf(prepareBackup(next, 'run-1', context));
    assert.equal(error.name, 'LockLost');
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal(fake.requests.length, asked);
  });

  test('The next try is refused also where neither the lock nor a manifest shows any more that the run has ended', async () => {
    const { context } = await failedOnce();
    context.store.documents.clear();
    assert.equal((await failureOf(prepareBackup(next, 'run-1', context))).name, 'LockLost');
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.deepEqual(await context.ledger.backupIds('production'), []);
  });

  test('The next try is a failure, and not skipped, where another run holds the lock now', async () => {
    const { context } = await failedOnce();
    await context.ledger.release('production', 'run-1');
    await planned(context, {}, 'run-2');
    const error = await failureOf(prepareBackup(next, 'run-1', context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /run-2 holds it now for the backup/);
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-2');
  });

  test('The next try is not begun by a late call of the first one', async () => {
    const { context } = await failedOnce();
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'LockLost');
    assert.equal((await context.ledger.readLock('production'))?.backupId, undefined);
    assert.deepEqual(await context.ledger.backupIds('production'), [nowSeconds]);
  });

  test('A next try that is at work is not touched by a late call of the first one', async () => {
    const { context } = await failedOnce();
    await prepareBackup(next, 'run-1', context);
    const before = [...context.store.documents];
    assert.equal((await failureOf(planned(context))).name, 'LockLost');
    assert.deepEqual([...context.store.documents], before);
  });
});
