import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseOf } from '../backup/world.ts';
import { failureOf } from '../fakes.ts';
import { arn, figureOf, look, paused, resume, setUp, toldOf } from './world.ts';

describe('A run that runs', () => {
  test('A run that runs is left alone: only the ledger and Step Functions are asked', async () => {
    const world = await setUp({ state: 'running' });
    const lock = await world.context.ledger.readLock('production');
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.fake.calls(), []);
    assert.deepEqual(world.executions.calls, [`state ${arn}`]);
    assert.deepEqual(await world.context.ledger.readLock('production'), lock);
    assert.deepEqual(world.context.told, []);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
  });

  test('A look measures for how long the run has exporting paused', async () => {
    const world = await setUp({ state: 'running' });
    await look(world);
    assert.deepEqual(figureOf(world.context, 'ExportingPausedSeconds'), {
      name: 'ExportingPausedSeconds',
      unit: 'Seconds',
      value: 120,
      cluster: 'production',
    });
  });

  test('A run that has resumed exporting is never stopped, however long it takes', async () => {
    const world = await setUp({
      state: 'running',
      lock: pauseOf({ ...paused.pause, resumedAt: '2026-11-21T09:01:00.000Z', resumeProof: 'proven' }),
    });
    world.context.clock.advance(24 * 3600);
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.executions.calls, [`state ${arn}`]);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });

  test('A run that has not paused exporting yet is never stopped', async () => {
    const world = await setUp({ state: 'running', lock: {} });
    world.context.clock.advance(24 * 3600);
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.context.told, []);
  });
});

describe('A run that keeps exporting paused for longer than maxPause', () => {
  const settings = '    maxPause: 10m\n';

  test('A run that has exporting paused for exactly maxPause is left alone', async () => {
    const world = await setUp({ state: 'running', settings });
    world.context.clock.advance(480);
    assert.equal((await look(world)).lock, 'running');
  });

  test('A pause is told at half of maxPause, once for each pause, and its run is left alone', async () => {
    const world = await setUp({ state: 'running', settings });
    // Two minutes of the pause have passed.
    world.context.clock.advance(179);
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(toldOf(world.context), []);
    world.context.clock.advance(1);
    assert.equal((await look(world)).lock, 'running');
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(toldOf(world.context), ['exportingPausedForLong WARNING']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /paused for 5 min 00 s; after 10 min 00 s \(`maxPause`\)/,
    );
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
    const requestedAt = new Date(world.context.clock.now() - 300_000 + 1000).toISOString();
    await world.context.ledger.changeLock('production', arn, pauseOf({ requestedAt }));
    world.context.clock.advance(2);
    await look(world);
    assert.equal(world.context.told.length, 2, 'another pause is told anew');
  });

  test('A long pause is told again at the next look where nobody could be told', async () => {
    const world = await setUp({ state: 'running', settings });
    world.context.clock.advance(180);
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new Error('SNS is away');
    };
    await assert.rejects(look(world), /SNS is away/);
    world.context.tell = tell;
    await look(world);
    assert.deepEqual(toldOf(world.context), ['exportingPausedForLong WARNING']);
  });

  test('A pause may last six hours where the configuration says nothing, and is told after three', async () => {
    const world = await setUp({ state: 'running' });
    world.context.clock.advance(3 * 3600 - 121);
    await look(world);
    assert.deepEqual(toldOf(world.context), []);
    world.context.clock.advance(1);
    await look(world);
    assert.deepEqual(toldOf(world.context), ['exportingPausedForLong WARNING']);
    world.context.clock.advance(3 * 3600);
    assert.equal((await look(world)).lock, 'running');
    world.context.clock.advance(1);
    assert.equal((await look(world)).lock, 'repaired');
  });

  test('A run that pauses for longer than maxPause is stopped first, and only then exporting is resumed', async () => {
    const world = await setUp({ state: 'running', settings });
    const order: string[] = world.executions.calls;
    const works = world.fake.replies[resume];
    assert(typeof works === 'function');
    world.fake.replies[resume] = (request) => {
      order.push('resume');
      return works(request);
    };
    world.context.clock.advance(481);
    assert.equal((await look(world)).lock, 'repaired');
    assert.deepEqual(
      order.map((call) => call.split(' ')[0]),
      ['state', 'stop', 'state', 'resume'],
    );
    assert.match(order[1] ?? '', /Exporting is paused for 10 min 01 s by the run .*longer than `maxPause`$/);
    const left = await world.context.ledger.readManifest('production', 7);
    assert.equal(left?.failure?.error, 'PausedTooLong');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', /the run was stopped\. Exporting is resumed/);
  });

  test('A stopped run is asked for again where Step Functions says for some seconds more that it runs', async () => {
    const world = await setUp({ state: 'running', settings });
    world.context.clock.advance(481);
    const stoppedAt = world.context.clock.now();
    const answers: ('running' | 'gone')[] = ['running', 'running', 'running', 'running', 'gone'];
    world.executions.executions.state = async () => answers.shift() ?? 'gone';
    assert.equal((await look(world)).lock, 'repaired');
    assert.deepEqual(answers, []);
    assert.equal(world.broker.phase, 'EXPORTING');
    assert((world.context.clock.now() - stoppedAt) / 1000 <= 15);
  });

  test('Exporting is not resumed while its run cannot be stopped: that run would pause again', async () => {
    const world = await setUp({ state: 'running', afterStop: 'running', settings });
    world.context.clock.advance(481);
    const error = await failureOf(look(world));
    assert.equal(world.executions.calls.filter((call) => call.startsWith('state')).length, 6);
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /was stopped and still runs/);
    assert.deepEqual(world.fake.calls(), []);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
  });
});
