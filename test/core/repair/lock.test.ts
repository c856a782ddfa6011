import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { heldBy } from '../../../core/ledger/lock/held-by.ts';
import type { Lock, Owner } from '../../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../../core/ledger/lock/owner.ts';
import { repair, repairable, repairLock } from '../../../core/repair/lock.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { manifest, run } from '../backup/world.ts';
import { at } from '../fake-cluster.ts';
import { failureOf, noAnswer, testContext, typed } from '../fakes.ts';
import { pausedNobodyKnowsWhere } from '../ledger/lock/format-1.ts';
import { elsewhere, fix, gone, pausedLock, setUp } from './world.ts';

test('A repair has nothing to do where there is no lock', async () => {
  assert.equal(await repair('production', { force: true }, testContext()), undefined);
});

test('A repair puts right what a dead run left: exporting is resumed, the manifest FAILED and the lock free', async () => {
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

test('A repair of an execution that Step Functions cannot describe waits for a person who knows that it has ended', async () => {
  const world = await setUp({ kind: 'execution', arn: run.runId });
  const executions = {
    async state(): Promise<never> {
      throw new BackupError('RequestRefused', 'The execution cannot be described: AccessDenied');
    },
  };
  const context = { ...world.context, executions };
  const error = await failureOf(repair('production', { force: false }, context));
  assert.equal(error.name, 'LockHeld');
  assert.match(
    error.message,
    /paused on its behalf\. Whether its owner lives is not known: .*AccessDenied\.$/,
  );
  assert.match(error.remedy ?? '', /repair --cluster production --force/);
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
  assert.equal((await repair('production', { force: true }, context))?.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
});

test('A repair resumes exporting also where the ledger takes nothing, and the next one writes it down', async () => {
  for (const name of ['LedgerUnusable', 'LedgerError'] as const) {
    const world = await setUp(gone);
    world.context.store.before = (call) => {
      if (call.startsWith('replace')) throw new BackupError(name, 'ENOSPC', { remedy: 'Free some space.' });
    };
    const error = await failureOf(fix(world));
    assert.equal(error.name, name === 'LedgerError' ? 'ResumeUnwritten' : 'ResumeUnwritable');
    assert.match(
      error.message,
      /^Exporting is resumed \(read back on every partition\), but the ledger could not record it yet/,
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

test('A repair leaves the lock to somebody else who has taken it while the ledger was in trouble', async () => {
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

test('A repair leaves exporting alone that was not paused', async () => {
  const world = await setUp(gone, {});
  assert.equal((await fix(world))?.exporting, 'not-paused');
  assert.deepEqual(world.fake.calls(), []);
  assert.equal(await world.context.ledger.readLock('production'), undefined);
});

test('A repair leaves a run alone that lives, also with force', async () => {
  const world = await setUp(thisProcess());
  for (const force of [false, true]) {
    const error = await failureOf(fix(world, force));
    assert.equal(error.name, 'LockHeld');
    assert.match(error.remedy ?? '', /Wait for it/);
  }
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('A repair of a run of which nothing can be known needs force', async () => {
  const world = await setUp(elsewhere);
  const error = await failureOf(fix(world));
  assert.equal(error.name, 'LockHeld');
  assert.match(error.remedy ?? '', /repair --cluster production --force/);
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
  assert.equal((await fix(world, true))?.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
});

test('A run elsewhere is repaired after fifteen minutes without a sign of life, by the clock of the ledger', async () => {
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

test('An old heartbeat of an earlier run says nothing of the run that holds the lock', async () => {
  const world = await setUp(elsewhere);
  const { ledger, store } = world.context;
  const beatAt = '2026-11-21T08:00:00.000Z';
  await ledger.beat({ format: 1, cluster: 'production', runId: 'run-0', beatAt }, { first: true });
  store.makeOlder('production/heartbeat.json', 3600);
  assert.match((await failureOf(fix(world))).remedy ?? '', /--force/);
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
});

test('A repair keeps the lock as long as exporting cannot be resumed', async () => {
  const world = await setUp(gone);
  const works = world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`];
  assert(works);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = noAnswer();
  assert.equal((await failureOf(fix(world))).name, 'Unreachable');
  assert.equal((await world.context.ledger.readLock('production'))?.runId, run.runId);
  world.fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = works;
  assert.equal((await fix(world))?.exporting, 'proven');
});

test('A repair leaves a backup COMPLETED that was complete', async () => {
  const world = await setUp(gone, {});
  await writeManifest(world.context.ledger, { ...manifest, state: 'COMPLETED' });
  await fix(world);
  assert.equal((await world.context.ledger.readManifest('production', 7))?.state, 'COMPLETED');
});

test('A repair of a complete backup fails where its lock cannot be given back: the lock is not free', async () => {
  const world = await setUp(gone, {});
  await writeManifest(world.context.ledger, { ...manifest, state: 'COMPLETED' });
  const { store } = world.context;
  let changes = 0;
  store.before = (call) => {
    if (call !== 'replace production/lock.json') return;
    changes += 1;
    // The first one is the claim.
    if (changes > 1) throw new BackupError('LedgerError', 'no answer');
  };
  assert.equal((await failureOf(fix(world))).name, 'LedgerError');
  store.before = () => {};
  assert.equal((await world.context.ledger.readLock('production'))?.runId, run.runId);
});

test('A repair resumes a pause that was asked for after it read the lock', async () => {
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

test('A pause that is asked for during a repair makes it fail, and the next repair need not wait', async () => {
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
  assert.equal(left?.pause?.pausedAt, pausedLock.pause.pausedAt);
  assert.equal(left?.repair, undefined);
  assert.equal((await fix(world))?.exporting, 'proven');
  assert.equal(world.broker.phase, 'EXPORTING');
});

test('A repair does not take a pause for none where the lock does not say where it was made', async () => {
  const world = await setUp(gone);
  world.context.store.documents.set('production/lock.json', JSON.stringify(pausedNobodyKnowsWhere));
  const error = await failureOf(fix(world));
  assert.equal(error.name, 'LedgerCorrupt');
  assert.match(error.message, /may be paused, and not where Zeebe is/);
  assert.equal((await world.context.ledger.readHolder('production'))?.runId, run.runId);
  assert.deepEqual(world.fake.calls(), []);
});

test('What a repair would do or refuse is known without changing anything', async () => {
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

test('A held lock is a sentence: who holds it, since when, for which backup, and whether exporting is paused', async () => {
  const { context } = await setUp(elsewhere);
  const lock = await context.ledger.readLock('production');
  assert(lock);
  assert.equal(
    heldBy(lock, 'unknown', typed).message,
    'The lock of production is held by the backup 7 (run-1, process 1 on another-host) since 2026-11-21T09:00:00.000Z. Exporting may be paused on its behalf.',
  );
  assert.match(heldBy(lock, 'gone', typed).remedy ?? '', /camunda-backup repair --cluster production$/);
});
