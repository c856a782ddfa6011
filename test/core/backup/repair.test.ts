import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { heldBy, repair, repairable, repairLock } from '../../../core/backup/repair.ts';
import { BackupError } from '../../../core/errors.ts';
import type { Lock, Owner } from '../../../core/ledger/lock.ts';
import { thisProcess } from '../../../core/ledger/owner.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { failureOf, fakeHttp, noAnswer, testContext, typed } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { entryOf, manifest, run, target } from './world.ts';

const gone: Owner = { ...thisProcess(), ...{ pid: spawnSync(process.execPath, ['-e', '']).pid } };
const elsewhere: Owner = { kind: 'process', host: 'another-host', pid: 1 };
const pausedLock = { pauseRequestedAt: '2026-11-21T09:00:01.000Z', pausedAt: '2026-11-21T09:00:02.000Z' };

async function setUp(owner: Owner, rest: Partial<Lock> = pausedLock) {
  const broker = { phase: rest.pauseRequestedAt ? 'SOFT_PAUSED' : 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ http: fake.http });
  await context.ledger.acquire({
    format: 1,
    cluster: 'production',
    runId: run.runId,
    owner,
    reason: 'test',
    acquiredAt: '2026-11-21T09:00:00.000Z',
    backupId: run.backupId,
    exporting: target,
    ...rest,
  });
  await context.ledger.createManifest(manifest);
  await context.ledger.createEntry('production', 7, entryOf('operate'));
  return { broker, fake, context };
}

const fix = ({ context }: Awaited<ReturnType<typeof setUp>>, force = false) =>
  repair('production', { force }, context);

test('where there is no lock there is nothing to repair', async () => {
  assert.equal(await repair('production', { force: true }, testContext()), undefined);
});

test('what a dead run left is put right: exporting resumed, manifest FAILED, lock free', async () => {
  const world = await setUp(gone);
  const repaired = await fix(world);
  assert.equal(repaired?.exporting, 'proven');
  assert.equal(repaired.lock.runId, run.runId);
  assert.equal(world.broker.phase, 'EXPORTING');
  assert.equal(await world.context.ledger.readLock('production'), undefined);
  const left = await world.context.ledger.readManifest('production', 7);
  assert.equal(left?.state, 'FAILED');
  assert.equal(left.failure?.error, 'Abandoned');
  assert.equal(left.exporting.leftPaused, false);
  assert.equal(left.exporting.resumeProof, 'proven');
  assert.equal(left.components.length, 1);
});

test('a ledger that takes nothing keeps nobody from resuming exporting, and what is still to be done is said', async () => {
  for (const name of ['LedgerUnusable', 'LedgerError'] as const) {
    const world = await setUp(gone);
    world.context.store.before = (call) => {
      if (call.startsWith('replace')) throw new BackupError(name, 'ENOSPC', { remedy: 'Free some space.' });
    };
    const error = await failureOf(fix(world));
    assert.equal(error.name, name === 'LedgerError' ? 'ResumeUnwritten' : 'ResumeUnwritable');
    assert.match(
      error.message,
      /^Exporting is resumed \(read back on every partition\); this could not be written into the ledger yet/,
    );
    assert.equal(error.remedy, 'Free some space.');
    assert.equal(world.broker.phase, 'EXPORTING');
    // The next one finds the lock, and writes down when exporting was resumed.
    world.context.store.before = () => {};
    world.context.clock.advance(3600);
    assert.equal((await fix(world))?.exporting, 'proven');
    const left = await world.context.ledger.readManifest('production', 7);
    assert.equal(left?.exporting.resumedAt, '2026-11-21T09:00:00.000Z');
  }
});

test('a lock that somebody else has put right while the ledger was in trouble is left to that one', async () => {
  const world = await setUp(gone);
  let first = true;
  world.context.store.before = (call) => {
    if (!call.startsWith('replace') || !first) return;
    first = false;
    const { store } = world.context;
    const lock = store.documents.get('production/lock.json') ?? '';
    store.documents.set('production/lock.json', lock.replaceAll(run.runId, 'run-of-somebody-else'));
    throw new BackupError('LedgerUnusable', 'ENOSPC');
  };
  assert.equal((await failureOf(fix(world))).name, 'LedgerUnusable');
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('exporting that was not paused is left alone', async () => {
  const world = await setUp(gone, {});
  assert.equal((await fix(world))?.exporting, 'not-paused');
  assert.deepEqual(world.fake.calls(), []);
  assert.equal(await world.context.ledger.readLock('production'), undefined);
});

test('a run that lives is left alone, also with force', async () => {
  const world = await setUp(thisProcess());
  for (const force of [false, true]) {
    const error = await failureOf(fix(world, force));
    assert.equal(error.name, 'LockHeld');
    assert.match(error.remedy ?? '', /Wait for it/);
  }
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('a run of which nothing can be known is repaired only with force', async () => {
  const world = await setUp(elsewhere);
  const error = await failureOf(fix(world));
  assert.equal(error.name, 'LockHeld');
  assert.match(error.remedy ?? '', /repair --cluster production --force/);
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
  assert.equal((await fix(world, true))?.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
});

test('a run elsewhere is repaired when it has given no sign of life for fifteen minutes by the clock of the ledger', async () => {
  const world = await setUp(elsewhere);
  const { ledger, store } = world.context;
  const beat = {
    format: 1,
    cluster: 'production',
    runId: run.runId,
    beatAt: '2001-01-01T00:00:00.000Z',
  } as const;
  await ledger.beat(beat, { first: true });

  const alive = await failureOf(fix(world, true));
  assert.equal(alive.name, 'LockHeld');
  assert.match(alive.remedy ?? '', /Wait for it/);
  store.makeOlder('production/heartbeat.json', 900);
  const unknown = await failureOf(fix(world));
  assert.equal(unknown.name, 'LockHeld');
  assert.match(unknown.remedy ?? '', /--force/);
  assert.equal(world.broker.phase, 'SOFT_PAUSED');

  store.makeOlder('production/heartbeat.json', 1);
  assert.equal((await fix(world))?.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
  assert.equal(await ledger.readLock('production'), undefined);
});

test('an old heartbeat of an earlier run says nothing of this one', async () => {
  const world = await setUp(elsewhere);
  const { ledger, store } = world.context;
  const beatAt = '2026-11-21T08:00:00.000Z';
  await ledger.beat({ format: 1, cluster: 'production', runId: 'run-0', beatAt }, { first: true });
  store.makeOlder('production/heartbeat.json', 3600);
  assert.match((await failureOf(fix(world))).remedy ?? '', /--force/);
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('as long as exporting cannot be resumed the lock stays', async () => {
  const world = await setUp(gone);
  const works = world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`];
  assert(works);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = noAnswer();
  assert.equal((await failureOf(fix(world))).name, 'Unreachable');
  assert.equal((await world.context.ledger.readLock('production'))?.runId, run.runId);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = works;
  assert.equal((await fix(world))?.exporting, 'proven');
});

test('a backup that was complete stays complete', async () => {
  const world = await setUp(gone, {});
  await world.context.ledger.writeManifest({ ...manifest, state: 'COMPLETED' });
  await fix(world);
  assert.equal((await world.context.ledger.readManifest('production', 7))?.state, 'COMPLETED');
});

test('what another one is putting right is left to it, until that one is gone or too late', async () => {
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

test('two who put it right at once do it once', async () => {
  const world = await setUp(gone);
  const [first, second] = await Promise.allSettled([fix(world), fix(world)]);
  assert.deepEqual([first.status, second.status].sort(), ['fulfilled', 'rejected']);
  assert.equal(world.fake.calls().filter((call) => call.startsWith('POST')).length, 1);
});

test('a late one never resumes under the pause of the next run', async () => {
  const world = await setUp(gone);
  const late = await world.context.ledger.readLock('production');
  assert(late);
  await fix(world);
  await world.context.ledger.acquire({ ...late, runId: 'run-2', pauseRequestedAt: late.acquiredAt });
  world.broker.phase = 'SOFT_PAUSED';
  const error = await failureOf(repairLock(late, { error: 'Abandoned', message: 'gone' }, world.context));
  assert.equal(error.name, 'LockLost');
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('a pause that was asked for after the lock was read is resumed all the same', async () => {
  const world = await setUp(gone, {});
  const { ledger } = world.context;
  const seen = await ledger.readLock('production');
  assert(seen);
  // PauseExporting of the stopped run, still on its way.
  await ledger.changeLock('production', run.runId, pausedLock);
  world.broker.phase = 'SOFT_PAUSED';
  const repaired = await repairLock(seen, { error: 'Abandoned', message: 'gone' }, world.context);
  assert.equal(repaired.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
  assert.equal(await ledger.readLock('production'), undefined);
  assert.equal((await ledger.readManifest('production', 7))?.exporting.leftPaused, false);
});

test('a pause that is asked for while it is put right is an error, and the next one need not wait', async () => {
  const world = await setUp(gone, {});
  const { ledger, store } = world.context;
  const seen = await ledger.readLock('production');
  assert(seen);
  store.before = (call) => {
    // After the claim: a version that does not look at it, say.
    const lock = store.documents.get('production/lock.json') ?? '';
    if (call !== 'read production/lock.json' || !lock.includes('"repair"')) return;
    store.before = () => undefined;
    store.documents.set('production/lock.json', JSON.stringify({ ...JSON.parse(lock), ...pausedLock }));
    store.touch('production/lock.json');
    world.broker.phase = 'SOFT_PAUSED';
  };
  const repaired = repairLock(seen, { error: 'Abandoned', message: 'gone' }, world.context);
  const error = await failureOf(repaired);
  assert.equal(error.name, 'ResumeFailed');
  const left = await ledger.readLock('production');
  assert.equal(left?.pausedAt, pausedLock.pausedAt);
  assert.equal(left.repair, undefined);
  assert.equal((await fix(world))?.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
});

test('a pause of which the lock does not say where it was made is not taken for none', async () => {
  const world = await setUp(gone, { ...pausedLock, exporting: undefined });
  const error = await failureOf(fix(world));
  assert.equal(error.name, 'LedgerCorrupt');
  assert.match(error.message, /may be paused, and not where Zeebe is/);
  assert.equal((await world.context.ledger.readLock('production'))?.runId, run.runId);
});

test('a slow one that fails does not give back the claim of the one after it', async () => {
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

test('who is at it is named: a process, or the deployed watchdog, which is no execution', async () => {
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

test('what would be repaired is known without changing anything, and so is what would be refused', async () => {
  const forced = { force: true };
  const careful = { force: false };
  const look = async (owner: Owner, { force } = careful, rest?: Partial<Lock>) => {
    const { context, fake } = await setUp(owner, rest);
    const before = context.store.changes.length;
    const [result] = await Promise.allSettled([repairable('production', { force }, context)]);
    assert.equal(context.store.changes.length, before);
    assert.deepEqual(fake.calls(), []);
    return result.status === 'fulfilled' ? result.value?.runId : result.reason.name;
  };
  assert.equal(await look(gone), run.runId);
  assert.equal(await look(elsewhere), 'LockHeld');
  assert.equal(await look(elsewhere, forced), run.runId);
  assert.equal(await look(thisProcess(), forced), 'LockHeld');
  const repair = { startedAt: '2026-11-21T09:00:00.000Z', by: elsewhere };
  assert.equal(await look(gone, careful, { repair }), 'LockLost');
  assert.equal(await repairable('staging', careful, testContext()), undefined);
});

test('why it failed is still said where the claim cannot be given back', async () => {
  const world = await setUp(gone);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = () => {
    world.context.store.before = ledgerTrouble;
    throw noAnswer();
  };
  assert.equal((await failureOf(fix(world))).name, 'Unreachable');
});

test('a held lock is a sentence: who, since when, which backup, whether exporting is paused', async () => {
  const { context } = await setUp(elsewhere);
  const lock = await context.ledger.readLock('production');
  assert(lock);
  assert.equal(
    heldBy(lock, 'unknown', typed).message,
    'The lock of production is held by the backup 7 (run-1, process 1 on another-host) since 2026-11-21T09:00:00.000Z. Exporting is paused on its behalf.',
  );
  assert.match(heldBy(lock, 'gone', typed).remedy ?? '', /camunda-backup repair --cluster production$/);
});

describe('a repairer that stands still', () => {
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

  test('for more than four minutes resumes nothing when it goes on: another one may have put it right, and the next run have paused', async () => {
    let second: string | undefined;
    const { world, error, resumes } = await standing(async ({ context, broker }) => {
      context.clock.advance(301);
      second = (await repair('production', { force: false }, context))?.exporting;
      await context.ledger.acquire({
        format: 1,
        cluster: 'production',
        runId: 'run-2',
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

  test('is seen to have done so by either clock, and the next one need not wait', async (t) => {
    for (const pass of [
      ({ context }: Awaited<ReturnType<typeof setUp>>) => context.clock.advance(241),
      () => t.mock.method(performance, 'now', () => 10_000_000),
    ]) {
      const { world, error, resumes } = await standing(pass);
      t.mock.restoreAll();
      assert.equal(error.name, 'LockLost');
      assert.match(error.message, /took .*, and is given up/);
      assert.equal(resumes, 0);
      assert.equal((await fix(world))?.exporting, 'proven');
    }
  });

  test('and finds the claim of another one when it goes on leaves the rest to that one', async () => {
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

test('a ledger that cannot be read any more after the claim keeps nobody from resuming exporting', async () => {
  const world = await setUp(gone);
  const { store } = world.context;
  store.before = (call) => {
    const isClaimed = (store.documents.get('production/lock.json') ?? '').includes('"repair"');
    if (isClaimed && call.endsWith('lock.json')) throw new BackupError('LedgerError', 'EIO');
  };
  assert.equal((await failureOf(fix(world))).name, 'ResumeUnwritten');
  assert.equal(world.broker.phase, 'EXPORTING');
});
