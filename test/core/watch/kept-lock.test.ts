import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import type { Lock, Owner } from '../../../core/ledger/lock/lock.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { manifest, pauseOf, run } from '../backup/world.ts';
import { elsewhere, gone } from '../repair/world.ts';
import { execution, figureOf, look, posts, setUp, toldOf } from './world.ts';

const settings = '    maxAge: 26h\n    maxPause: 1h\n';
const restore = { purpose: 'restore' };
const held = (lock: Partial<Lock> = restore, owner: Owner = gone) => setUp({ owner, lock, settings });

const toldOfWaiting = ({ context }: Awaited<ReturnType<typeof setUp>>) =>
  context.told.filter(({ kind }) => kind === 'lockWaiting');

describe('A lock that is kept for its own command, under the watchdog', () => {
  for (const { what, owner } of [
    { what: 'whose process is gone', owner: gone },
    { what: 'of which it is not known whether it lives', owner: elsewhere },
    { what: 'whose execution has ended', owner: execution },
  ]) {
    test(`A restore ${what} is told when it begins to wait and every hour, and nothing is done about it`, async () => {
      for (const purpose of ['restore', 'rebalance']) {
        const world = await setUp({ owner, lock: { purpose }, settings });
        const text = world.context.store.documents.get('production/lock.json');
        for (const { later, times } of [
          { later: 0, times: 1 },
          { later: 3599, times: 1 },
          { later: 1, times: 2 },
          { later: 3600, times: 3 },
        ]) {
          world.context.clock.advance(later);
          assert.equal((await look(world)).lock, 'waiting');
          assert.equal(toldOfWaiting(world).length, times);
        }
        const [told] = toldOfWaiting(world);
        assert.match(told?.reason ?? '', /^The lock of production is held by .* Every backup .* is SKIPPED/);
        assert.match(told?.remedy ?? '', /^Only the command that took this lock/);
        assert.equal(told?.severity, 'WARNING');
        assert.equal(world.context.store.documents.get('production/lock.json'), text);
        assert.deepEqual(posts(world.fake.calls()), []);
        assert.ok(world.executions.calls.every((call) => !call.startsWith('stop')));
      }
    });
  }

  test('A restore that goes on is left alone, and told at once when it waits again', async () => {
    const world = await setUp({ state: 'running', lock: restore, settings });
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.context.told, []);
    world.executions = (await setUp()).executions;
    await look(world);
    assert.equal(toldOfWaiting(world).length, 1);
    world.executions = (await setUp({ state: 'running' })).executions;
    assert.equal((await look(world)).lock, 'running');
    world.executions = (await setUp()).executions;
    await look(world);
    assert.equal(toldOfWaiting(world).length, 2);
  });

  test('A restore that waits is told anew where nobody could be told, and where it is another one', async () => {
    const world = await held();
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new BackupError('Unreachable', 'no topic');
    };
    await assert.rejects(look(world), /no topic/);
    world.context.tell = tell;
    await look(world);
    assert.equal(toldOfWaiting(world).length, 1);
    const lock = await world.context.ledger.readLock('production');
    assert(lock);
    await world.context.ledger.release('production', lock.runId);
    await world.context.ledger.acquire({ ...lock, runId: 'restore-2' });
    await look(world);
    assert.equal(toldOfWaiting(world).length, 2);
  });

  test('A restore that waits with a pause that a newer version has made gets no resume, however long it lasts', async () => {
    const world = await held({ ...restore, ...pauseOf() }, execution);
    for (let looks = 0; looks < 3; looks++) {
      world.context.clock.advance(3700);
      assert.equal((await look(world)).lock, 'waiting');
    }
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(posts(world.fake.calls()), []);
    assert.ok(toldOf(world.context).includes('exportingLeftPaused CRITICAL'));
    assert.ok(!toldOf(world.context).includes('exportingPausedForLong WARNING'));
  });

  test('A deletion whose owner is gone is freed and told, without a call to the cluster, whose exporting nobody has asked for', async () => {
    const world = await held({ purpose: 'delete', runId: 'delete-1' }, execution);
    world.broker.phase = 'SOFT_PAUSED';
    await writeManifest(world.context.ledger, { ...manifest, state: 'COMPLETED' });
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(await world.context.ledger.readLock('production'), undefined);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', / repaired\. The cluster got no call\.$/);
    assert.equal(world.context.told[0]?.remedy, 'The next deletion finishes what this one has begun.');
    assert.deepEqual(posts(world.fake.calls()), []);
    assert.equal((await world.context.ledger.readManifest('production', run.backupId))?.state, 'COMPLETED');
  });
});

const byHand = /curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume/;

describe('A cluster whose backups are SKIPPED', () => {
  for (const { what, lock, owner, remedy = byHand } of [
    { what: 'a restore that waits', lock: restore, owner: gone },
    { what: 'a restore that runs', lock: restore, owner: execution, remedy: /^Wait for it\. (?!.*curl)/ },
    { what: 'a purpose that is not known', lock: { purpose: 'rebalance' }, owner: gone },
    { what: 'a run of which it is not known whether it lives', lock: {}, owner: elsewhere },
    { what: 'a deletion that may live', lock: { purpose: 'delete' }, owner: elsewhere },
  ]) {
    test(`A cluster whose lock is held by ${what} is told for the age of its last backup, every day`, async () => {
      const world = await setUp({ state: 'running', owner, lock, settings });
      await look(world);
      for (const { hours, times } of [
        { hours: 25, times: 0 },
        { hours: 2, times: 1 },
        { hours: 24, times: 1 },
        { hours: 1, times: 2 },
      ]) {
        world.context.clock.advance(hours * 3600);
        await look(world);
        assert.equal(world.context.told.filter(({ kind }) => kind === 'noRecentBackup').length, times);
      }
      assert.ok((figureOf(world.context, 'BackupAgeSeconds')?.value ?? 0) > 51 * 3600);
    });

    test(`A cluster whose lock is held by ${what} is told for a pause that this lock does not explain`, async () => {
      const world = await setUp({ state: 'running', owner, lock, settings });
      world.broker.phase = 'SOFT_PAUSED';
      const told = () => world.context.told.filter(({ kind }) => kind === 'exportingLeftPaused');
      world.context.clock.advance(3600);
      await look(world);
      assert.equal(told().length, 0);
      world.context.clock.advance(3601);
      await look(world);
      assert.equal(told().length, 1);
      assert.match(told()[0]?.reason ?? '', /paused for 1 h 00 min .* The lock of production is held by /);
      assert.match(told()[0]?.remedy ?? '', remedy);
      assert.doesNotMatch(told()[0]?.remedy ?? '', /--resume-unexplained/);
      world.context.clock.advance(3601);
      await look(world);
      assert.equal(told().length, 2);
      assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 7202);
      assert.deepEqual(posts(world.fake.calls()), []);
    });
  }

  test('A cluster whose run has held the lock for a short time only is not looked at for a pause: it may begin in this moment', async () => {
    const world = await setUp({ state: 'running', lock: {}, settings });
    world.broker.phase = 'SOFT_PAUSED';
    world.context.clock.advance(3600 - 120);
    await look(world);
    assert.deepEqual(world.fake.calls(), []);
    world.context.clock.advance(1);
    await look(world);
    assert.notDeepEqual(world.fake.calls(), []);
  });
});
