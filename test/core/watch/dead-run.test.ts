import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { abandoned, repairLock } from '../../../core/repair/lock.ts';
import { noAnswer, someOwner } from '../fakes.ts';
import { arn, figureOf, look, paused, posts, resume, setUp, toldOf } from './world.ts';

describe('A run that is gone', () => {
  test('A run that is gone is put right: exporting is resumed, the manifest FAILED and the lock free', async () => {
    const world = await setUp();
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(world.broker.phase, 'EXPORTING');
    const { ledger } = world.context;
    assert.equal(await ledger.readLock('production'), undefined);
    const left = await ledger.readManifest('production', 7);
    assert.equal(left?.state, 'FAILED');
    assert.equal(left.failure?.error, 'Abandoned');
    assert.equal(left.exporting.leftPaused, false);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });

  test('A run that is gone is told once, with what became of exporting, where to look and what to do', async () => {
    const world = await setUp();
    await look(world);
    await look(world);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    const [alert] = world.context.told;
    assert(alert);
    assert.match(alert.reason, new RegExp(`^The run ${arn} .*Exporting is resumed \\(proven\\)\\.$`));
    assert.match(alert.remedy ?? '', /Start a new backup/);
    assert.match(alert.remedy ?? '', /: camunda-backup repair --cluster production$/);
    assert.equal(alert.backupId, 7);
    assert.equal(alert.manifest, 'memory:production/backups/7/manifest.json');
    assert.match(alert.execution ?? '', /^https:\/\/eu-central-1\.console\.aws\.amazon\.com\//);
    assert.deepEqual(posts(world.fake.calls()), [resume]);
  });

  test('A run that is gone and had not paused is put right without a change of the cluster', async () => {
    const world = await setUp({ lock: {} });
    assert.equal((await look(world)).lock, 'repaired');
    assert.deepEqual(posts(world.fake.calls()), []);
    assert.match(world.context.told[0]?.reason ?? '', / repaired\. Exporting was not paused by it\.$/);
  });

  test('A run that is gone is CRITICAL at every look while exporting cannot be resumed, and put right when it can', async () => {
    const world = await setUp();
    const works = world.fake.replies[resume];
    assert(works);
    world.fake.replies[resume] = noAnswer();
    for (let looks = 1; looks <= 2; looks++) {
      assert.equal((await look(world)).lock, 'still-paused');
      assert.deepEqual(
        toldOf(world.context),
        Array.from({ length: looks }, () => 'exportingLeftPaused CRITICAL'),
      );
      assert.equal((await world.context.ledger.readLock('production'))?.runId, arn);
      world.context.clock.advance(300);
    }
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 420);
    const [alert] = world.context.told;
    assert.match(alert?.reason ?? '', /^Exporting is paused since 2026-11-21T09:00:00\.000Z.*ECONNREFUSED/);
    assert.match(alert?.remedy ?? '', /curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume/);

    world.fake.replies[resume] = works;
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(world.broker.phase, 'EXPORTING');
    assert.equal(toldOf(world.context).at(-1), 'runAbandoned WARNING');
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });

  test('A repair that failed is tried again at the next look, also one second later: it holds no claim', async () => {
    const world = await setUp();
    const works = world.fake.replies[resume];
    assert(works);
    world.fake.replies[resume] = noAnswer();
    await look(world);
    assert.equal((await world.context.ledger.readLock('production'))?.repair, undefined);
    world.fake.replies[resume] = works;
    world.context.clock.advance(1);
    assert.equal((await look(world)).lock, 'repaired');
  });

  test('A run that is gone is left to another watchdog that is at it', async () => {
    const world = await setUp({
      lock: { ...paused, repair: { startedAt: '2026-11-21T09:01:50.000Z', by: someOwner } },
    });
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.fake.calls(), []);
    assert.deepEqual(world.context.told, []);
  });

  test('A run that is gone is taken over from a watchdog that died at it', async () => {
    const world = await setUp({
      lock: { ...paused, repair: { startedAt: '2026-11-21T09:01:50.000Z', by: someOwner } },
    });
    world.context.clock.advance(300);
    assert.equal((await look(world)).lock, 'repaired');
  });

  test('A run that another watchdog puts right in this moment is told of all the same: that one may die before it tells', async () => {
    const world = await setUp();
    const lock = await world.context.ledger.readLock('production');
    assert(lock);
    const { executions } = world.executions;
    const putRightMeanwhile = async () => {
      await repairLock(lock, abandoned(lock), world.context);
      return 'gone' as const;
    };
    const seen = await look({
      ...world,
      executions: { ...world.executions, executions: { ...executions, state: putRightMeanwhile } },
    });
    assert.equal(seen.lock, 'running');
    assert.deepEqual(posts(world.fake.calls()), [resume]);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
  });

  test('A run that is gone is put right once by two watchdogs at the same moment', async () => {
    const world = await setUp();
    const states = await Promise.all([look(world), look(world)]);
    assert.deepEqual(states.map(({ lock }) => lock).sort(), ['repaired', 'running']);
    assert.deepEqual(posts(world.fake.calls()), [resume]);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
  });
});
