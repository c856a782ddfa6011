import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { checkBackup } from '../../../core/backup/check.ts';
import type { Progress } from '../../../core/backup/progress.ts';
import { startBackup } from '../../../core/backup/start.ts';
import type { ComponentStatus } from '../../../core/components/component.ts';
import { changeOfPause } from '../../../core/ledger/lock/lock.ts';
import { often } from '../../../core/pacing.ts';
import { at, exportingOf, phases } from '../fake-cluster.ts';
import { failureOf, fakeHttp, json, noAnswer, type TestContext, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { entryIn, setUp, start, unreachable } from './component-world.ts';
import { fakeComponent, holdLock, limits, operate, pauseOf, run } from './world.ts';

describe('The check of a component’s backup', () => {
  const before: Progress = {
    state: 'IN_PROGRESS',
    startedAt: '2026-11-21T09:00:00.000Z',
    nextCheckAt: '2026-11-21T09:00:01.000Z',
    partsDone: 0,
  };
  const task = { run, target: operate, limits, progress: before };
  const good: ComponentStatus = {
    state: 'COMPLETED',
    parts: [
      { name: 'a', state: 'SUCCESS' },
      { name: 'b', state: 'SUCCESS' },
    ],
    expectedParts: 2,
  };

  async function started(scheduledSnapshots = ['a', 'b']) {
    const context = await setUp();
    await start(context, fakeComponent({ started: { answer: 'accepted', scheduledSnapshots } }));
    context.clock.advance(60);
    return context;
  }

  const check = (context: TestContext, seen: ComponentStatus | Error) =>
    checkBackup(fakeComponent({ seen }).component, task, context);

  test('A check of a running backup says when to look again and writes nothing', async () => {
    const context = await started();
    const writes = context.store.changes.length;
    const progress = await check(context, { state: 'IN_PROGRESS', parts: [] });
    assert.equal(progress.state, 'IN_PROGRESS');
    assert(Date.parse(progress.nextCheckAt) > context.clock.now());
    assert.equal(context.store.changes.length, writes);
  });

  test('A check of a server that is slow to answer lets it rest for ten times as long, in one process', async () => {
    const context = await started();
    const { component } = fakeComponent({ seen: { state: 'IN_PROGRESS', parts: [] } });
    const slow: typeof component = {
      ...component,
      check: async (backupId) => {
        context.clock.advance(7);
        return component.check(backupId);
      },
    };
    const inOneProcess = { ...context, pacing: often };
    const progress = await checkBackup(slow, task, inOneProcess);
    assert.equal(Date.parse(progress.nextCheckAt) - context.clock.now(), 70_000);
  });

  test('A check of a complete backup writes down every part', async () => {
    const context = await started();
    assert.equal((await check(context, good)).state, 'COMPLETED');
    const entry = await entryIn(context);
    assert.equal(entry?.state, 'COMPLETED');
    assert.equal(entry.endedAt, '2026-11-21T09:01:00.000Z');
    assert.deepEqual(
      entry.parts?.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(entry.failure, undefined);
  });

  test('A check that takes long leaves the end alone that another call has written down meanwhile', async () => {
    const context = await started();
    const { component } = fakeComponent({ seen: good });
    const slow: typeof component = {
      ...component,
      check: async (backupId) => {
        const seen = await component.check(backupId);
        await check(context, good);
        context.clock.advance(90);
        return seen;
      },
    };
    const late = await checkBackup(slow, task, context);
    assert.equal(late.state, 'COMPLETED');
    assert.equal((await entryIn(context))?.endedAt, '2026-11-21T09:01:00.000Z');
  });

  for (const { what, seen, name } of [
    {
      what: 'does not find the backup any more',
      seen: { state: 'ABSENT', parts: [] },
      name: 'ComponentTimedOut',
    },
    { what: 'finds it failed', seen: { state: 'FAILED', parts: [] }, name: 'ComponentBackupFailed' },
    { what: 'is not answered', seen: unreachable, name: 'ComponentTimedOut' },
  ] as const) {
    test(`A check that is late and ${what} leaves COMPLETED alone`, async () => {
      const context = await started();
      await check(context, good);
      const entry = await entryIn(context);
      context.clock.advance(limits.timeoutSeconds);
      const late = seen instanceof Error ? seen : { ...seen, parts: [...seen.parts] };
      assert.equal((await failureOf(check(context, late))).name, name);
      assert.deepEqual(await entryIn(context), entry);
    });
  }

  test('A check that fails leaves COMPLETED alone that is written in the moment between', async () => {
    const context = await started();
    const { store } = context;
    const key = 'production/backups/7/components/operate.json';
    store.before = (call) => {
      if (call !== `replace ${key}`) return;
      store.before = () => undefined;
      const text = store.documents.get(key) ?? '';
      store.documents.set(key, text.replace('"STARTED"', '"COMPLETED"'));
      store.touch(key);
    };
    await failureOf(check(context, { state: 'FAILED', parts: [] }));
    assert.equal((await entryIn(context))?.state, 'COMPLETED');
  });

  test('A check of complete records writes down their indices', async () => {
    const context = await started();
    await check(context, { ...good, indices: ['zeebe-record_job'] });
    assert.deepEqual((await entryIn(context))?.indices, ['zeebe-record_job']);
  });

  test('A check of a failed backup writes down why, and throws it', async () => {
    const context = await started();
    const error = await failureOf(check(context, { state: 'FAILED', failureReason: 'disk full', parts: [] }));
    assert.equal(error.name, 'ComponentBackupFailed');
    const entry = await entryIn(context);
    assert.equal(entry?.state, 'FAILED');
    assert.match(entry.failure ?? '', /FAILED: disk full/);
  });

  test('A check does not believe a complete backup without a snapshot that was scheduled', async () => {
    const context = await started(['a', 'b', 'c']);
    const error = await failureOf(check(context, good));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /without snapshots that it had scheduled: c$/);
    assert.equal((await entryIn(context))?.state, 'FAILED');
  });

  test('A check that is not answered is patient', async () => {
    const context = await started();
    const progress = await check(context, unreachable);
    assert.equal(progress.remark, unreachable.message);
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('A check that ends in a mistake of our own is not patient', async () => {
    const context = await started();
    await assert.rejects(check(context, new TypeError('a bug')), TypeError);
  });

  test('A check that is made again after the end writes the same again', async () => {
    const context = await started();
    await check(context, good);
    const entry = await entryIn(context);
    assert.equal((await check(context, good)).state, 'COMPLETED');
    assert.deepEqual(await entryIn(context), entry);
  });

  test('A check that finds the backup complete after an error that lasted forgets that error', async () => {
    const context = await started();
    const unsettled = { ...before, unsettledSince: before.startedAt };
    context.clock.advance(300);
    const look = (seen: ComponentStatus | Error) =>
      checkBackup(fakeComponent({ seen }).component, { ...task, progress: unsettled }, context);
    assert.equal(await failureOf(look(unreachable)), unreachable);
    assert.equal((await entryIn(context))?.state, 'FAILED');
    await look(good);
    const entry = await entryIn(context);
    assert.equal(entry?.state, 'COMPLETED');
    assert.equal(entry.failure, undefined);
  });

  test('A check whose end cannot be written down is trouble of the ledger, not of the backup', async () => {
    const context = await started();
    let once = true;
    context.store.before = (call) => {
      if (!once || !call.startsWith('replace')) return;
      once = false;
      ledgerTrouble(call);
    };
    assert.equal((await failureOf(check(context, good))).name, 'LedgerError');
    assert.equal((await entryIn(context))?.state, 'STARTED');
    assert.equal((await check(context, good)).state, 'COMPLETED');
    assert.equal((await entryIn(context))?.state, 'COMPLETED');
  });

  test('A check of a component that was never started is a corrupt ledger', async () => {
    const context = await setUp();
    assert.equal((await failureOf(check(context, good))).name, 'LedgerCorrupt');
  });

  test('A check without the lock writes nothing', async () => {
    const context = await started();
    await context.ledger.release('production', run.runId);
    assert.equal((await failureOf(check(context, good))).name, 'LockLost');
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('A check of a backup that failed while it was on its way asks nothing: the next try is at work', async () => {
    const context = await started();
    await context.ledger.changeLock('production', run.runId, { backupId: 8, attempt: 2 });
    const asked = fakeComponent({ seen: good });
    const late = checkBackup(asked.component, task, context);
    assert.equal((await failureOf(late)).name, 'LockLost');
    assert.deepEqual(asked.calls, []);
  });

  test('A check of any component ends a pause that is too long, before the component is asked', async () => {
    const context = await started();
    await context.ledger.changeLock(
      'production',
      run.runId,
      pauseOf({ requestedAt: '2026-11-21T09:00:00.000Z' }),
    );
    const short = { ...limits, maxPauseSeconds: 59 };
    const asked = fakeComponent({ seen: good });
    const tooLate = checkBackup(asked.component, { ...task, limits: short }, context);
    assert.equal((await failureOf(tooLate)).name, 'PausedTooLong');
    assert.deepEqual(asked.calls, []);
    assert.equal((await check(context, good)).state, 'COMPLETED');
  });

  describe('The check of Zeebe, whose backup is the last one', () => {
    const zeebe = { kind: 'zeebe', component: 'zeebe' } as const;

    async function pausedWorld() {
      const broker = { phase: 'SOFT_PAUSED' };
      const fake = fakeHttp(exportingOf(at.zeebe, broker));
      const context = testContext({ http: fake.http });
      await holdLock(context);
      await context.ledger.changeLock(
        'production',
        run.runId,
        pauseOf({ requestedAt: '2026-11-21T09:00:00.000Z' }),
      );
      await startBackup(fakeComponent().component, { run, target: zeebe, limits }, context);
      context.clock.advance(60);
      return { broker, fake, context };
    }
    const parts = [1, 2, 3].map((partition) => ({ name: `${partition}`, state: 'COMPLETED' }));
    const complete: ComponentStatus = { state: 'COMPLETED', parts, expectedParts: 3 };
    const checkZeebe = (context: TestContext, seen: ComponentStatus | Error = complete, since = before) =>
      checkBackup(fakeComponent({ seen }).component, { ...task, target: zeebe, progress: since }, context);
    const zeebeIn = (context: TestContext) => context.ledger.readEntry('production', 7, 'zeebe');
    const partitions = `GET ${at.zeebe}/actuator/partitions`;

    test('A complete backup of Zeebe is COMPLETED once it is read back that exporting is paused still', async () => {
      const { context, fake } = await pausedWorld();
      assert.equal((await checkZeebe(context)).state, 'COMPLETED');
      assert.deepEqual(fake.calls(), [partitions]);
      assert.equal((await context.ledger.readLock('production'))?.pause?.heldAt, '2026-11-21T09:01:00.000Z');
    });

    test('A check of Zeebe reads nothing back as long as its backup runs', async () => {
      const { context, fake } = await pausedWorld();
      assert.equal((await checkZeebe(context, { state: 'IN_PROGRESS', parts: [] })).state, 'IN_PROGRESS');
      assert.deepEqual(fake.calls(), []);
      assert.equal((await context.ledger.readLock('production'))?.pause?.heldAt, undefined);
    });

    test('A check is due when the pause has just become too long, before the next one would be', async () => {
      const { context } = await pausedWorld();
      const running: ComponentStatus = { state: 'IN_PROGRESS', parts: [] };
      const task = { run, target: { ...zeebe, expectedSeconds: 7200 }, progress: before };
      const nextOf = async (maxPauseSeconds: number) => {
        const { component } = fakeComponent({ seen: running });
        const limited = { ...limits, maxPauseSeconds };
        return (await checkBackup(component, { ...task, limits: limited }, context)).nextCheckAt;
      };
      assert.equal(await nextOf(3600), '2026-11-21T09:04:01.000Z');
      assert.equal(await nextOf(90), '2026-11-21T09:01:31.000Z');
    });

    test('A complete backup of Zeebe stays so when it is checked after the resume, and nothing is written twice', async () => {
      const { context, broker } = await pausedWorld();
      await checkZeebe(context);
      const entry = await zeebeIn(context);
      await context.ledger.changeLock('production', run.runId, (lock) =>
        changeOfPause(lock, { resumedAt: '2026-11-21T09:02:00.000Z' }),
      );
      broker.phase = 'EXPORTING';
      context.clock.advance(60);
      const writes = context.store.changes.length;
      assert.equal((await checkZeebe(context)).state, 'COMPLETED');
      assert.deepEqual(await zeebeIn(context), entry);
      assert.equal(context.store.changes.length, writes);
    });

    test('A complete backup of Zeebe is a failure at once where somebody has resumed: the parts do not fit together', async () => {
      const { context, broker } = await pausedWorld();
      broker.phase = 'EXPORTING';
      const error = await failureOf(checkZeebe(context));
      assert.equal(error.name, 'VerificationFailed');
      const entry = await zeebeIn(context);
      assert.equal(entry?.state, 'FAILED');
      assert.match(entry.failure ?? '', /Exporting was resumed during the backup, but not by this run/);
    });

    for (const { what, answer } of [
      { what: 'a broker is silent', answer: noAnswer() },
      {
        what: 'a replica changes its role',
        answer: json(200, phases('SOFT_PAUSED', 'CLOSED', 'SOFT_PAUSED')),
      },
    ] as const) {
      test(`A complete backup of Zeebe is looked at again while ${what}, for as long as the patience`, async () => {
        const { context, fake } = await pausedWorld();
        const works = fake.replies[partitions];
        assert(works);
        fake.replies[partitions] = answer;
        const waiting = await checkZeebe(context);
        assert.equal(waiting.state, 'IN_PROGRESS');
        assert.match(waiting.remark ?? '', /^Whether exporting is still paused is not known/);
        assert.equal((await zeebeIn(context))?.state, 'STARTED');
        context.clock.advance(300);
        assert.equal((await failureOf(checkZeebe(context, complete, waiting))).name, 'Unreachable');
        fake.replies[partitions] = works;
        assert.equal((await checkZeebe(context, complete, waiting)).state, 'COMPLETED');
      });
    }
  });
});
