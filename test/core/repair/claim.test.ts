import assert from 'node:assert/strict';
import { describe, jest, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import type { Owner } from '../../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../../core/ledger/lock/owner.ts';
import { repair, repairLock } from '../../../core/repair/lock.ts';
import { pauseOf, run } from '../backup/world.ts';
import { at } from '../fake-cluster.ts';
import { failureOf, noAnswer } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { elsewhere, fix, gone, pausedLock, setUp } from './world.ts';

test('A repair that another one is at is left to it, until that one is gone or too late', async () => {
  const claimed = (by: Owner) =>
    setUp(gone, { ...pausedLock, repair: { startedAt: '2026-11-21T09:00:00.000Z', by } });
  const world = await claimed(elsewhere);
  world.context.clock.advance(299);
  const error = await failureOf(fix(world));
  assert.equal(error.name, 'LockLost');
  assert.match(error.message, /is being repaired by process 1 on another-host since 2026-11-21T09:00:00/);
  assert.deepEqual(world.fake.calls(), []);
  world.context.clock.advance(1);
  assert.equal((await fix(world))?.exporting, 'proven');
  assert.equal((await fix(await claimed(gone)))?.exporting, 'proven');
});

test('Two repairs at once resume exporting once', async () => {
  const world = await setUp(gone);
  const [first, second] = await Promise.allSettled([fix(world), fix(world)]);
  assert.deepEqual([first.status, second.status].sort(), ['fulfilled', 'rejected']);
  assert.equal(world.fake.calls().filter((call) => call.startsWith('POST')).length, 1);
});

test('A late repair never resumes under the pause of the next run', async () => {
  const world = await setUp(gone);
  const late = await world.context.ledger.readLock('production');
  assert(late);
  await fix(world);
  await world.context.ledger.acquire({
    ...late,
    runId: 'run-2',
    ...pauseOf({ requestedAt: late.acquiredAt }),
  });
  world.broker.phase = 'SOFT_PAUSED';
  const error = await failureOf(repairLock(late, { error: 'Abandoned', message: 'gone' }, world.context));
  assert.equal(error.name, 'LockLost');
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('A slow repair that fails does not give back the claim of the one after it', async () => {
  const world = await setUp(gone);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = () => {
    const text = world.context.store.documents.get('production/lock.json') ?? '{}';
    const repair = { startedAt: '2026-11-21T09:05:00.000Z', by: elsewhere };
    world.context.store.documents.set(
      'production/lock.json',
      JSON.stringify({ ...JSON.parse(text), repair }),
    );
    throw noAnswer();
  };
  await failureOf(fix(world));
  assert.deepEqual((await world.context.ledger.readLock('production'))?.repair?.by, elsewhere);
});

test('The claim of a repair names who is at it: a process, or the deployed watchdog', async () => {
  const world = await setUp(gone);
  world.context.repairer = () => undefined;
  let claimed: unknown;
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = () => {
    claimed = JSON.parse(world.context.store.documents.get('production/lock.json') ?? '{}').repair;
    throw noAnswer();
  };
  await failureOf(fix(world));
  assert.deepEqual(claimed, { startedAt: '2026-11-21T09:00:00.000Z' });
  await world.context.ledger.changeLock('production', run.runId, {
    repair: { startedAt: '2026-11-21T09:00:00.000Z' },
  });
  assert.match((await failureOf(fix(world))).message, /is being repaired by the watchdog since 2026-11-21/);
});

test('A repair says why it failed also where its claim cannot be given back', async () => {
  const world = await setUp(gone);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = () => {
    world.context.store.before = ledgerTrouble;
    throw noAnswer();
  };
  assert.equal((await failureOf(fix(world))).name, 'Unreachable');
});

describe('A repair that stands still', () => {
  const byHand = `POST ${at.zeebe}/actuator/exporting/resume`;

  /** Stands still between its claim and its resume, while `passed` happens. */
  async function standing(passed: (world: Awaited<ReturnType<typeof setUp>>) => Promise<unknown> | unknown) {
    const world = await setUp(gone);
    const { context, fake } = world;
    const { readLock } = context.ledger;
    let isClaimed = false;
    // The last thing before its resume is that it looks at its claim.
    const ledger: typeof context.ledger = {
      ...context.ledger,
      async readLock(cluster) {
        if (!isClaimed && (await readLock(cluster))?.repair) {
          isClaimed = true;
          await passed(world);
        }
        return readLock(cluster);
      },
    };
    const error = await failureOf(repair('production', { force: false }, { ...context, ledger }));
    return { world, error, resumes: fake.calls().filter((call) => call === byHand).length };
  }

  test('A repair that stood still for more than four minutes resumes nothing: the next run may have paused', async () => {
    let second: string | undefined;
    const { world, error, resumes } = await standing(async ({ context, broker }) => {
      context.clock.advance(301);
      second = (await repair('production', { force: false }, context))?.exporting;
      await context.ledger.acquire({
        format: 2,
        cluster: 'production',
        runId: 'run-2',
        purpose: 'backup',
        owner: thisProcess(),
        reason: 'test',
        acquiredAt: '2026-11-21T09:06:00.000Z',
        ...pausedLock,
      });
      broker.phase = 'SOFT_PAUSED';
    });
    assert.equal(second, 'proven');
    assert.equal(error.name, 'LockLost');
    assert.equal(resumes, 1);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
    assert.equal((await world.context.ledger.readLock('production'))?.runId, 'run-2');
  });

  test('A repair sees by either clock that it stood still, and the next one need not wait', async () => {
    for (const pass of [
      ({ context }: Awaited<ReturnType<typeof setUp>>) => context.clock.advance(241),
      () => jest.spyOn(performance, 'now').mockReturnValue(10_000_000),
    ]) {
      const { world, error, resumes } = await standing(pass);
      jest.restoreAllMocks();
      assert.equal(error.name, 'LockLost');
      assert.match(error.message, /took .*, and is given up/);
      assert.equal(resumes, 0);
      assert.equal((await fix(world))?.exporting, 'proven');
    }
  });

  test('A repair that stood still and finds the claim of another one leaves the rest to that one', async () => {
    const { world, error, resumes } = await standing(async ({ context }) => {
      context.clock.advance(100);
      await context.ledger.changeLock('production', run.runId, {
        repair: { startedAt: '2026-11-21T09:01:40.000Z', by: elsewhere },
      });
    });
    assert.equal(error.name, 'LockLost');
    assert.equal(resumes, 0);
    assert.deepEqual((await world.context.ledger.readLock('production'))?.repair?.by, elsewhere);
  });
});

test('A repair resumes exporting also where the ledger cannot be read any more after its claim', async () => {
  const world = await setUp(gone);
  const { store } = world.context;
  store.before = (call) => {
    const isClaimed = (store.documents.get('production/lock.json') ?? '').includes('"repair"');
    if (isClaimed && call.endsWith('lock.json')) throw new BackupError('LedgerError', 'EIO');
  };
  assert.equal((await failureOf(fix(world))).name, 'ResumeUnwritten');
  assert.equal(world.broker.phase, 'EXPORTING');
});
