import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { someOwner } from '../fakes.ts';
import { arn, figureOf, look, setUp, toldOf } from './world.ts';

describe('A run of the command line', () => {
  test('A run of the command line without a heartbeat is not for the watchdog: whether it lives cannot be seen', async () => {
    const world = await setUp({ owner: someOwner });
    assert.equal((await look(world)).lock, 'not-ours');
    assert.deepEqual(world.executions.calls, []);
    assert.deepEqual(world.fake.calls(), []);
    assert.deepEqual(world.context.told, []);
    assert(await world.context.ledger.readLock('production'));
  });

  test('A run of the command line that keeps exporting paused for too long is told, and not touched', async () => {
    const world = await setUp({ owner: someOwner, settings: '    maxPause: 1h\n' });
    world.context.clock.advance(3600);
    assert.equal((await look(world)).lock, 'still-paused');
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
    assert.deepEqual(world.fake.calls(), []);
    assert(await world.context.ledger.readLock('production'));
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 3720);
  });
});

describe('A run of the command line that has had a heartbeat', () => {
  async function withHeartbeat(seconds: number) {
    const world = await setUp({ owner: someOwner, settings: '    maxPause: 1h\n' });
    const beat = {
      format: 1,
      cluster: 'production',
      runId: arn,
      beatAt: '2001-01-01T00:00:00.000Z',
    } as const;
    await world.context.ledger.beat(beat, { first: true });
    world.context.store.makeOlder('production/heartbeat.json', seconds);
    return world;
  }

  test('A run of the command line is put right after fifteen minutes without a heartbeat, wherever it ran', async () => {
    const world = await withHeartbeat(901);
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(world.broker.phase, 'EXPORTING');
    assert.equal(await world.context.ledger.readLock('production'), undefined);
    assert.equal((await world.context.ledger.readManifest('production', 7))?.failure?.error, 'Abandoned');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', /process 4711 on test-host.*Exporting is resumed/);
    assert.deepEqual(world.executions.calls, []);
  });

  test('A run without a heartbeat is put right, and not stopped, also where it had paused for longer than maxPause', async () => {
    const world = await withHeartbeat(901);
    world.context.clock.advance(3600);
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal((await world.context.ledger.readManifest('production', 7))?.failure?.error, 'Abandoned');
    assert.equal(world.broker.phase, 'EXPORTING');
  });

  test('A run of the command line is left alone up to fifteen minutes after its last heartbeat', async () => {
    for (const { seconds, lock } of [
      { seconds: 30, lock: 'running' },
      { seconds: 900, lock: 'not-ours' },
    ] as const) {
      const world = await withHeartbeat(seconds);
      assert.equal((await look(world)).lock, lock);
      assert.deepEqual(world.fake.calls(), []);
      assert(await world.context.ledger.readLock('production'));
      assert.deepEqual(world.context.told, []);
    }
  });

  test('A run that lives and keeps exporting paused for too long is told, with where it can be ended', async () => {
    const world = await withHeartbeat(30);
    world.context.clock.advance(3600);
    world.context.store.makeOlder('production/heartbeat.json', -3600);
    assert.equal((await look(world)).lock, 'still-paused');
    const [told] = world.context.told;
    assert.match(told?.reason ?? '', /by process 4711 on test-host, .*that run lives/);
    assert.match(told?.remedy ?? '', /End it where it runs/);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
  });
});

describe('An execution that nobody can be asked about', () => {
  test('An execution that nobody can be asked about is left alone, and told when it pauses for too long', async () => {
    const world = await setUp({ settings: '    maxPause: 1h\n' });
    world.executions.executions.state = async () => 'unknown';
    assert.equal((await look(world)).lock, 'not-ours');
    world.context.clock.advance(3600);
    assert.equal((await look(world)).lock, 'still-paused');
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
    assert.deepEqual(world.fake.calls(), []);
    assert(await world.context.ledger.readLock('production'));
  });
});
