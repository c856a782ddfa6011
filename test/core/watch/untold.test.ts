import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Alert } from '../../../core/alert.ts';
import { BackupError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { keepUntold } from '../../../core/tell/untold.ts';
import { watchCluster } from '../../../core/watch/watch.ts';
import { VirtualTime } from '../../../simulator/virtual-time.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { manifest } from '../backup/world.ts';
import { failureOf, noAnswer } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { arn, figureOf, look, resume, setUp, toldOf, type World } from './world.ts';

const untold = async ({ context }: World) => (await context.ledger.readMemory('production'))?.untold ?? [];

/** Nobody can be told, until `works` is called. */
function silence({ context }: World) {
  const { tell } = context;
  context.tell = async () => {
    throw new Error('no topic');
  };
  return () => {
    context.tell = tell;
  };
}

describe('What the watchdog has put right and could not tell', () => {
  test('A run that was put right is told once, by the first look that can tell people', async () => {
    const world = await setUp();
    const works = silence(world);
    for (let times = 0; times < 3; times += 1) {
      await assert.rejects(look(world), /People could not be told: no topic/);
      assert.equal(world.broker.phase, 'EXPORTING');
      assert.equal(await world.context.ledger.readLock('production'), undefined);
    }
    works();
    assert.equal((await look(world)).lock, 'free');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /stopped without ending its backup.* Exporting is resumed \(proven\)\.$/,
    );
    assert.equal(world.context.told[0]?.manifest, 'memory:production/backups/7/manifest.json');
    assert.deepEqual(await untold(world), []);
    await look(world);
    assert.equal(world.context.told.length, 1);
  });

  test('What to do about alerts that are not taken is said by the look that could not tell people', async () => {
    const world = await setUp();
    world.context.tell = async () => {
      throw new BackupError('Unreachable', 'no answer of SNS', {
        remedy: 'Give the VPC an endpoint of SNS.',
      });
    };
    const error = await failureOf(look(world));
    assert.equal(error.message, 'People could not be told: no answer of SNS');
    assert.equal(error.remedy, 'Give the VPC an endpoint of SNS.');
  });

  test('A run that was put right is told by the next look where the one before died with the lock free', async () => {
    const world = await setUp();
    const { store } = world.context;
    // It dies at its first call after the lock is free.
    store.before = () => {
      if (store.documents.get('production/lock.json')?.includes('releasedBy')) ledgerTrouble('death');
    };
    await assert.rejects(look(world));
    assert.equal(world.context.told.length, 0);
    store.before = () => undefined;
    await look(world);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', /Where it had paused exporting, it is resumed\.$/);
  });

  test('A run is not told as put right as long as it is not', async () => {
    const world = await setUp();
    const works = world.fake.replies[resume];
    assert(works);
    world.fake.replies[resume] = noAnswer();
    await look(world);
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
    assert.equal((await untold(world)).length, 1);
    world.fake.replies[resume] = works;
    await look(world);
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL', 'runAbandoned WARNING']);
    assert.deepEqual(await untold(world), []);
  });

  test('A run that ended by itself in the moment of the look is not told', async () => {
    const world = await setUp();
    const { ledger } = world.context;
    world.executions.executions.state = async () => {
      // The lock was read, and its run gives it back in this moment.
      await ledger.changeManifest('production', 7, (now): Manifest => ({ ...now, state: 'FAILED' }));
      await ledger.release('production', arn);
      return 'gone';
    };
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.context.told, []);
    assert.deepEqual(await untold(world), []);
  });

  test('An alert that cannot be told does not keep the other parts of a look from their work', async () => {
    const world = await setUp({ settings: '    maxAge: 1s\n' });
    await world.context.ledger.createManifest({ ...manifest, backupId: 9, runId: 'another' });
    silence(world);
    await assert.rejects(look(world), /People could not be told: no topic; no topic$/);
    assert.equal((await world.context.ledger.readManifest('production', 9))?.state, 'FAILED');
    world.context.clock.advance(10);
    await assert.rejects(look(world), /People could not be told: no topic; no topic; no topic$/);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
    assert.equal(figureOf(world.context, 'BackupAgeSeconds')?.value, 10);
  });

  test('A look that cannot write down what it has to tell resumes exporting, and tells it once', async () => {
    const world = await setUp();
    world.context.store.before = (call) => {
      if (call.endsWith('/alerts.json')) ledgerTrouble(call);
    };
    await assert.rejects(look(world), /alerts\.json/);
    assert.equal(world.broker.phase, 'EXPORTING');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
  });
});

describe('An alert of a failed run that waits in the ledger', () => {
  const waiting = (backupId = 7) => ({
    runId: arn,
    backupId,
    alert: {
      kind: 'backupFailed' as const,
      severity: 'WARNING' as const,
      cluster: 'production',
      backupId,
      reason: 'Zeebe was slow',
    },
  });

  test('The watchdog tells an alert that waits in the ledger as it is', async () => {
    const world = await setUp({ lock: {} });
    const { context } = world;
    await context.ledger.release('production', arn);
    await writeManifest(context.ledger, { ...manifest, runId: arn, state: 'FAILED' });
    await keepUntold('production', waiting(), context);
    await look(world);
    assert.deepEqual(context.told, [{ ...waiting().alert, at: '2026-11-21T09:02:00.000Z' }]);
    assert.deepEqual(await untold(world), []);
  });

  test('An alert that waits is forgotten where its backup is complete after all', async () => {
    const world = await setUp({ lock: {} });
    const { context } = world;
    await context.ledger.release('production', arn);
    await writeManifest(context.ledger, { ...manifest, runId: arn, state: 'COMPLETED' });
    await keepUntold('production', waiting(), context);
    await look(world);
    assert.deepEqual(context.told, []);
    assert.deepEqual(await untold(world), []);
  });

  test('An alert that waits gives way to what the watchdog has put right of the same run since', async () => {
    const world = await setUp();
    await keepUntold('production', waiting(), world.context);
    await look(world);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
  });

  test('An alert that waits survives what the watchdog remembers besides and writes at the same moment', async () => {
    const world = await setUp({ lock: {}, settings: '    maxAge: 1s\n' });
    const { context } = world;
    await context.ledger.release('production', arn);
    await writeManifest(context.ledger, { ...manifest, runId: arn, state: 'FAILED' });
    const works = silence(world);
    await look(world);
    context.clock.advance(10);
    await Promise.allSettled([look(world), keepUntold('production', waiting(), context), look(world)]);
    assert.deepEqual(await untold(world), [
      { ...waiting(), alert: { ...waiting().alert, at: '2026-11-21T09:02:10.000Z' } },
    ]);
    works();
    await look(world);
    assert.deepEqual(toldOf(world.context).toSorted(), ['backupFailed WARNING', 'noRecentBackup CRITICAL']);
    assert((await context.ledger.readMemory('production'))?.toldOfAgeAt);
  });

  test('An alert that hangs keeps no other one from being told', async () => {
    const world = await setUp({ lock: {} });
    const { context } = world;
    await context.ledger.release('production', arn);
    await writeManifest(context.ledger, { ...manifest, runId: arn, state: 'FAILED' });
    const time = new VirtualTime(context.clock.now());
    for (const backupId of [8, 9, 10]) await keepUntold('production', waiting(backupId), context);
    const { tell } = context;
    const hanging = {
      ...context,
      executions: world.executions.executions,
      clock: time,
      tell: (alert: Alert) => (alert.backupId === 9 ? new Promise<never>(() => undefined) : tell(alert)),
    };
    const config = (await context.config()).clusters['production'];
    assert(config);
    await assert.rejects(watchCluster('production', config, hanging), /there was no answer within 15 s/);
    assert.deepEqual(context.told.map(({ backupId }) => backupId).sort(), [10, 8]);
    assert.deepEqual(
      (await untold(world)).map(({ backupId }) => backupId),
      [9],
    );
  });
});
