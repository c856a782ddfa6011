import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { keepUntold, rememberTold } from '../../../core/tell/untold.ts';
import { arn, look, setUp, toldOf, type World } from './world.ts';

const another = arn.replace('run-1', 'run-2');

/** A cluster that was looked at once, where another run ends after that. */
async function watched({ lock = true }: { lock?: boolean } = {}) {
  const world = await setUp();
  if (!lock) world.context.store.documents.delete('production/lock.json');
  if (!lock) world.context.store.documents.delete('production/backups/7/manifest.json');
  await look(world);
  world.context.told.length = 0;
  world.context.clock.advance(300);
  const end = (run: Partial<(typeof world.executions.ended)[number]> = {}) =>
    world.executions.ended.push({
      runId: another,
      status: 'ABORTED',
      endedAt: new Date(world.context.clock.now()).toISOString(),
      cluster: 'production',
      ...run,
    });
  return { ...world, end };
}

/** The sweep that considers what has ended a minute before. */
async function sweepLater(world: World) {
  world.context.clock.advance(61);
  return look(world);
}

describe('A run that ended badly while it held no lock', () => {
  for (const { status, kind, says } of [
    {
      status: 'FAILED',
      kind: 'backupFailed',
      says: /failed, and nothing shows that people were told\. Boom: It broke\.$/,
    },
    { status: 'TIMED_OUT', kind: 'runAbandoned', says: /reached the time limit of the state machine/ },
    { status: 'ABORTED', kind: 'runAbandoned', says: /was stopped from outside while it held no lock/ },
  ] as const) {
    test(`A run that is ${status} and of which nobody was told is told once`, async () => {
      const world = await watched({ lock: false });
      world.end({ status, error: 'Boom', cause: 'It broke' });
      await look(world);
      assert.equal(world.context.told.length, 0, 'its own alert may still be on its way');
      await sweepLater(world);
      assert.deepEqual(toldOf(world.context), [`${kind} WARNING`]);
      const [told] = world.context.told;
      assert.match(told?.reason ?? '', says);
      assert.match(told?.execution ?? '', /run-2$/);
      for (let times = 0; times < 3; times += 1) await sweepLater(world);
      assert.equal(world.context.told.length, 1);
    });
  }

  test('A run is told again until people could be told, also by a later look', async () => {
    const world = await watched({ lock: false });
    world.end();
    const broken = { ...world.context, tell: () => Promise.reject(new Error('no')) };
    world.context.clock.advance(61);
    await assert.rejects(look({ ...world, context: broken }));
    assert.deepEqual(world.context.told, []);
    await sweepLater(world);
    assert.equal(world.context.told.length, 1);
  });

  test('Runs that ended before the first look are not told', async () => {
    const world = await setUp();
    const endedAt = new Date(world.context.clock.now() - 3600_000).toISOString();
    world.executions.ended.push({ runId: another, status: 'ABORTED', endedAt, cluster: 'production' });
    await look(world);
    await sweepLater(world);
    assert.ok(world.context.told.every(({ execution }) => !execution?.endsWith('run-2')));
  });

  test('A run of a cluster that is not configured is told by the look at the first cluster', async () => {
    for (const cluster of ['renamed', undefined]) {
      const world = await watched({ lock: false });
      world.end({ cluster });
      await sweepLater(world);
      assert.equal(world.context.told.length, 1);
    }
  });
});

describe('A run of which people know already', () => {
  test('A run that the watchdog repaired is told once', async () => {
    const world = await setUp();
    await look(world);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    const endedAt = new Date(world.context.clock.now()).toISOString();
    world.executions.ended.push({ runId: arn, status: 'ABORTED', endedAt, cluster: 'production' });
    for (let times = 0; times < 3; times += 1) await sweepLater(world);
    assert.equal(world.context.told.length, 1);
  });

  test('A run whose failure was told by its own function is not told again', async () => {
    const world = await watched({ lock: false });
    await rememberTold('production', [another], () => false, world.context);
    world.end({ status: 'FAILED' });
    await sweepLater(world);
    assert.deepEqual(world.context.told, []);
  });

  test('The memory names no run of the command line, so that an older command line can read it', async () => {
    const world = await watched({ lock: false });
    const alert = {
      kind: 'backupFailed',
      severity: 'WARNING',
      cluster: 'production',
      reason: 'Its own words.',
    } as const;
    await keepUntold('production', { runId: 'run-7', alert }, world.context);
    await rememberTold('production', ['run-7'], ({ runId }) => runId === 'run-7', world.context);
    const memory = await world.context.ledger.readMemory('production');
    assert.equal(memory?.untold, undefined);
    assert.equal(memory?.toldOfRuns, undefined);
  });

  test('A run whose own alert could not be sent is told once, with that alert', async () => {
    const world = await watched({ lock: false });
    const alert = {
      kind: 'backupFailed',
      severity: 'WARNING',
      cluster: 'production',
      reason: 'Its own words.',
    } as const;
    await keepUntold('production', { runId: another, alert }, world.context);
    world.end({ status: 'FAILED' });
    for (let times = 0; times < 3; times += 1) await sweepLater(world);
    assert.deepEqual(
      world.context.told.map(({ reason }) => reason),
      ['Its own words.'],
    );
  });
});
