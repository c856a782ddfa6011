import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseForBackup, requirePauseBudget } from '../../../core/backup/exporting.ts';
import { holdLock, pauseOf, run, target } from '../backup/world.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { failureOf, fakeHttp, someOwner, TestClock, testContext } from '../fakes.ts';
import { arn, figureOf, look, paused, posts, resume, setUp, toldOf } from './world.ts';

/** The watchdog looks at 09:02. */
const withinSkew = pauseOf({ requestedAt: '2026-11-21T09:07:00.000Z' });
const ahead = pauseOf({ requestedAt: '2026-11-21T09:07:01.000Z' });
const settings = '    maxPause: 1h\n';

describe('A pause that is dated in the future', () => {
  test('The watchdog stops an execution whose pause is dated in the future, and then resumes exporting', async () => {
    const world = await setUp({ state: 'running', settings, lock: ahead });
    assert.equal((await look(world)).lock, 'repaired');
    assert.match(
      world.executions.calls.find((call) => call.startsWith('stop')) ?? '',
      /Exporting is paused since a moment in the future \(2026-11-21T09:07:01\.000Z\) by the run arn:.*, so that a clock is wrong/,
    );
    assert.deepEqual(posts(world.fake.calls()), [resume]);
    assert.equal(world.broker.phase, 'EXPORTING');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', /since a moment in the future .*Exporting is resumed/);
    const { failure, state } = (await world.context.ledger.readManifest('production', 7)) ?? {};
    assert.deepEqual([state, failure?.error], ['FAILED', 'PausedTooLong']);
  });

  test('The watchdog tells a pause dated in the future of a run that it cannot end, and measures nothing', async () => {
    const world = await setUp({ owner: someOwner, settings, lock: ahead });
    assert.equal((await look(world)).lock, 'still-paused');
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /since a moment in the future .* by process 4711 on test-host, .* nobody knows whether that is longer than `maxPause`;/,
    );
    assert.match(world.context.told[0]?.remedy ?? '', /^End it where it runs .*--force\nBy hand: curl/);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds'), undefined);
    assert.deepEqual(world.fake.calls(), []);
  });

  test('A run whose pause is dated in the future ends its backup', async () => {
    const clock = new TestClock();
    const context = testContext({
      clock,
      http: fakeHttp(exportingOf(at.zeebe, { phase: 'EXPORTING' })).http,
    });
    await holdLock(context);
    await pauseForBackup(run, target, context);
    const limit = { maxPauseSeconds: 3600 };
    clock.advance(-300);
    await requirePauseBudget(run, limit, context);
    clock.advance(-1);
    const { name, message, remedy } = await failureOf(requirePauseBudget(run, limit, context));
    assert.equal(name, 'PausedTooLong');
    assert.match(
      message,
      /^Exporting has been paused since a moment in the future \(2026-11-21T09:00:00\.000Z\): a clock/,
    );
    assert.match(remedy ?? '', /^Set the clocks/);
  });

  test('The watchdog leaves a run alone whose clock is five minutes ahead', async () => {
    const world = await setUp({ state: 'running', settings, lock: withinSkew });
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.executions.calls, [`state ${arn}`]);
    assert.deepEqual(world.context.told, []);
  });
});

test('A repair that is dated in the future keeps nobody from resuming', async () => {
  for (const { startedAt, state } of [
    { startedAt: '2026-11-21T09:07:00.000Z', state: 'running' },
    { startedAt: '2026-11-21T09:07:01.000Z', state: 'repaired' },
  ] as const) {
    const world = await setUp({ lock: { ...paused, repair: { startedAt, by: someOwner } } });
    assert.equal((await look(world)).lock, state);
    assert.equal(world.broker.phase, state === 'repaired' ? 'EXPORTING' : 'SOFT_PAUSED');
  }
});
