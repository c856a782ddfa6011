import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { pauseOf } from '../backup/world.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, json, noAnswer, someOwner, type TestContext, testContext } from '../fakes.ts';
import { arn, execution, fakeExecutions, figureOf, look, posts, type World } from './world.ts';

describe('A pause that no lock explains', () => {
  const partitions = `GET ${at.zeebe}/actuator/partitions`;

  function paused() {
    const broker = { phase: 'SOFT_PAUSED' };
    const fake = fakeHttp(exportingOf(at.zeebe, broker));
    const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n    maxAge: 1s\n`;
    return {
      broker,
      fake,
      context: testContext({ yaml, http: fake.http }),
      executions: fakeExecutions('gone'),
    };
  }
  const toldOfPause = ({ told }: TestContext) => told.filter(({ kind }) => kind === 'exportingLeftPaused');
  const seconds = ({ context }: World) => figureOf(context, 'ExportingPausedSeconds')?.value;

  test('A pause that no lock explains is told every hour once it lasts for longer than maxPause, and is not ended', async () => {
    const world = paused();
    await look(world);
    assert.equal(seconds(world), 0);
    world.context.clock.advance(3600);
    await look(world);
    assert.equal(seconds(world), 3600);
    assert.deepEqual(toldOfPause(world.context), []);
    world.context.clock.advance(1);
    await look(world);
    const [told, ...others] = toldOfPause(world.context);
    assert.deepEqual(others, []);
    assert.equal(told?.severity, 'CRITICAL');
    assert.match(
      told?.reason ?? '',
      /^Exporting is paused for 1 h 00 min at least, .*partition 1 is SOFT_PAUSED/,
    );
    assert.match(told?.remedy ?? '', /curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume/);
    for (const { later, times } of [
      { later: 3599, times: 1 },
      { later: 1, times: 2 },
    ] as const) {
      world.context.clock.advance(later);
      await look(world);
      assert.equal(toldOfPause(world.context).length, times);
    }
    assert.deepEqual(posts(world.fake.calls()), []);
    // Both alerts are remembered beside each other.
    assert.equal(world.context.told.filter(({ kind }) => kind === 'noRecentBackup').length, 1);
  });

  test('A look fails with the call that ends an unexplained pause where the ledger does not take since when it is', async () => {
    for (const before of ['a look', 'no look']) {
      const world = paused();
      if (before === 'a look') {
        world.broker.phase = 'EXPORTING';
        await look(world);
        world.broker.phase = 'SOFT_PAUSED';
      }
      world.context.store.before = (call) => {
        if (/^(create|replace|write)/.test(call)) throw new BackupError('LedgerUnusable', 'ENOSPC.');
      };
      await assert.rejects(
        look(world),
        /Exporting is paused, and no run of this ledger .*partition 1 is SOFT_PAUSED.* written down: ENOSPC\.[\s\S]*\nBy hand: curl -X POST/,
      );
      assert.deepEqual(posts(world.fake.calls()), []);
    }
  });

  test('An unexplained pause counts from when it was seen first, also across looks that see nothing', async () => {
    const world = paused();
    await look(world);
    const answers = world.fake.replies[partitions];
    assert(answers);
    world.fake.replies[partitions] = noAnswer(at.zeebe);
    world.context.clock.advance(3000);
    const { unknown } = await look(world);
    assert.equal(seconds(world), 3000);
    assert.match(unknown.join(), /^whether exporting is still paused is not known: /);
    world.fake.replies[partitions] = answers;
    world.context.clock.advance(601);
    await look(world);
    assert.equal(toldOfPause(world.context).length, 1);
  });

  test('A pause that nobody can see is not measured as none, and it is said why it is not known', async () => {
    const world = paused();
    for (const answer of [
      noAnswer(at.zeebe),
      json(404, { timestamp: 'now', status: 404, error: 'Not Found', path: '/x' }),
    ]) {
      world.fake.replies[partitions] = answer;
      world.context.measured.length = 0;
      const { pausedSeconds, unknown } = await look(world);
      assert.equal(pausedSeconds, null);
      assert.match(unknown.join(), /^whether exporting is paused is not known: .*zeebe/i);
      assert.equal(seconds(world), undefined);
    }
    world.fake.replies[partitions] = exportingOf(at.zeebe)[partitions] ?? noAnswer();
    const { pausedSeconds, unknown } = await look(world);
    assert.deepEqual([pausedSeconds, unknown], [0, []]);
  });

  test('An unexplained pause that is over is forgotten', async () => {
    const world = paused();
    await look(world);
    world.broker.phase = 'EXPORTING';
    world.context.clock.advance(3601);
    await look(world);
    assert.equal(seconds(world), 0);
    world.broker.phase = 'SOFT_PAUSED';
    await look(world);
    assert.equal(seconds(world), 0);
    assert.deepEqual(toldOfPause(world.context), []);
  });

  test('A pause is not unexplained where a run has begun meanwhile, or has paused since', async () => {
    const world = paused();
    const lock: Lock = {
      format: 2,
      cluster: 'production',
      purpose: 'backup',
      runId: arn,
      owner: execution,
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
    };
    const answers = world.fake.replies[partitions];
    assert(typeof answers === 'function');
    let begun: Promise<unknown> | undefined;
    world.fake.replies[partitions] = (request) => {
      begun = world.context.ledger.acquire(lock);
      return answers(request);
    };
    await look(world);
    await begun;
    assert.equal((await world.context.ledger.readMemory('production'))?.unexplainedPauseSince, undefined);

    await world.context.ledger.release('production', arn);
    world.fake.replies[partitions] = answers;
    await look(world);
    assert((await world.context.ledger.readMemory('production'))?.unexplainedPauseSince);
    const later = { ...lock, runId: 'run-2', owner: someOwner };
    await world.context.ledger.acquire({ ...later, ...pauseOf() });
    await look(world);
    assert.equal((await world.context.ledger.readMemory('production'))?.unexplainedPauseSince, undefined);
  });
});
