import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkBackup, startBackup } from '../../../core/backup/component.ts';
import type { ComponentStatus } from '../../../core/camunda/component.ts';
import { BackupError } from '../../../core/errors.ts';
import { often } from '../../../core/pacing.ts';
import type { Progress } from '../../../core/progress.ts';
import { records as recordsOf } from '../../../core/search/records.ts';
import { at, exportingOf, phases } from '../fake-cluster.ts';
import {
  type FakeSearch,
  failureOf,
  fakeHttp,
  fakeSearch,
  json,
  noAnswer,
  snapshotNamed,
  type TestContext,
  testContext,
} from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { entryOf, fakeComponent, holdLock, run } from './world.ts';

const description = { component: 'operate' as const, url: 'http://operate:9600', version: '8.7.2' };

async function setUp() {
  const context = testContext();
  await holdLock(context);
  return context;
}

const start = (context: TestContext, { component }: ReturnType<typeof fakeComponent>) =>
  startBackup(component, description, run, undefined, context);

const entryIn = (context: TestContext) => context.ledger.readEntry('production', 7, 'operate');

const busy = new BackupError('ComponentBusy', 'Another backup is running at the moment', { status: 400 });
const unreachable = new BackupError('Unreachable', 'POST … failed: no answer within 30 s');

describe('a start', () => {
  test('asks the component once and writes down that it has started', async () => {
    const context = await setUp();
    const operate = fakeComponent({ started: { existed: false, scheduledSnapshots: ['a', 'b'] } });
    const progress = await start(context, operate);
    assert.deepEqual(operate.calls, ['start 7']);
    assert.deepEqual(progress, {
      state: 'IN_PROGRESS',
      startedAt: '2026-11-21T09:00:00.000Z',
      nextCheckAt: '2026-11-21T09:00:01.000Z',
      partsDone: 0,
    });
    assert.deepEqual(await entryIn(context), {
      ...description,
      runId: 'run-1',
      state: 'STARTED',
      requestedAt: '2026-11-21T09:00:00.000Z',
      startedAt: '2026-11-21T09:00:00.000Z',
      scheduledSnapshots: ['a', 'b'],
    });
  });

  test('writes down the intent before the component is asked', async () => {
    const context = await setUp();
    let stateWhenAsked: string | undefined;
    const { component } = fakeComponent();
    const watched = {
      ...component,
      start: async (backupId: number) => {
        stateWhenAsked = (await entryIn(context))?.state;
        return component.start(backupId);
      },
    };
    await startBackup(watched, description, run, undefined, context);
    assert.equal(stateWhenAsked, 'REQUESTED');
  });

  test('whose intent cannot be written asks nothing', async () => {
    const context = await setUp();
    context.store.before = (call) => {
      if (call.startsWith('create')) ledgerTrouble(call);
    };
    const operate = fakeComponent();
    assert.equal((await failureOf(start(context, operate))).name, 'LedgerError');
    assert.deepEqual(operate.calls, []);
  });

  test('of a backup that was there before is refused: it is somebody else’s', async () => {
    const context = await setUp();
    const error = await failureOf(start(context, fakeComponent({ started: { existed: true } })));
    assert.equal(error.name, 'BackupNotOurs');
    assert.match(error.message, /^Operate has a backup 7 that this run did not start/);
    assert.equal((await entryIn(context))?.state, 'REQUESTED');
  });

  test('of a component that is busy with a backup of this very id is refused: it is somebody else’s', async () => {
    const context = await setUp();
    const tasklist = fakeComponent({ started: busy, seen: { state: 'IN_PROGRESS', parts: [] } });
    const error = await failureOf(start(context, tasklist));
    assert.equal(error.name, 'BackupNotOurs');
    assert.deepEqual(tasklist.calls, ['start 7', 'check 7']);
  });

  test('of a component that is busy with another backup is to be repeated', async () => {
    const context = await setUp();
    assert.equal(await failureOf(start(context, fakeComponent({ started: busy }))), busy);
    await start(context, fakeComponent());
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('of a snapshot that carries the name of this run is ours', async () => {
    const context = await setUp();
    await start(context, fakeComponent({ started: { existed: true, ours: true } }));
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  for (const { what, holder } of [
    { what: 'was released', holder: undefined },
    { what: 'is held by another run', holder: 'run-2' },
  ] as const) {
    test(`without the lock, which ${what}, asks nothing`, async () => {
      const context = testContext();
      if (holder) await holdLock(context, holder);
      const operate = fakeComponent();
      const error = await failureOf(start(context, operate));
      assert.equal(error.name, 'LockLost');
      assert.deepEqual(operate.calls, []);
      assert.equal(await entryIn(context), undefined);
    });
  }

  test('under an id that another run has an entry for is refused', async () => {
    const context = await setUp();
    await context.ledger.createEntry(
      'production',
      7,
      entryOf('operate', { runId: 'run-0', state: 'FAILED' }),
    );
    const operate = fakeComponent();
    assert.equal((await failureOf(start(context, operate))).name, 'BackupNotOurs');
    assert.deepEqual(operate.calls, []);
  });
});

describe('a second start in the same run', () => {
  test('after a lost answer looks first, and adopts what it finds', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const again = fakeComponent({ seen: { state: 'IN_PROGRESS', parts: [] } });
    await start(context, again);
    assert.deepEqual(again.calls, ['check 7']);
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  for (const { what, startedAt, isOurs } of [
    {
      what: 'does not adopt a backup that began an hour before it was first asked for',
      startedAt: '2026-11-21T08:00:00.000Z',
      isOurs: false,
    },
    {
      what: 'adopts a backup that began a little before, by a clock that differs',
      startedAt: '2026-11-21T08:58:00.000Z',
      isOurs: true,
    },
    { what: 'adopts a backup that does not say when it began', startedAt: undefined, isOurs: true },
  ] as const) {
    test(`after a lost answer ${what}`, async () => {
      const context = await setUp();
      await failureOf(start(context, fakeComponent({ started: unreachable })));
      const parts = [{ name: 'a', state: 'SUCCESS', startedAt }];
      const again = fakeComponent({ seen: { state: 'IN_PROGRESS', parts } });
      if (isOurs) {
        await start(context, again);
        assert.equal((await entryIn(context))?.state, 'STARTED');
        return;
      }
      assert.equal((await failureOf(start(context, again))).name, 'BackupNotOurs');
      assert.deepEqual(again.calls, ['check 7']);
      // What is somebody else's is not deleted as a leftover of this run.
      assert.equal((await entryIn(context))?.refused, true);
    });
  }

  test('after a lost answer asks again when the request never arrived', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const again = fakeComponent();
    await start(context, again);
    assert.deepEqual(again.calls, ['check 7', 'start 7']);
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('adopts a backup that begins between its look and its request', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    await start(context, fakeComponent({ started: { existed: true } }));
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('does not adopt a snapshot that carries the name of another run', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const error = await failureOf(start(context, fakeComponent({ started: { existed: true, ours: false } })));
    assert.equal(error.name, 'BackupNotOurs');
  });

  describe('of the records, which prove whose they are,', () => {
    const records = { component: 'records' as const, url: 'http://es:9200' };
    const startRecords = (context: TestContext, engine: FakeSearch) =>
      startBackup(
        recordsOf(engine, { repository: 'camunda', indexPattern: 'zeebe-record*', runId: run.runId }),
        records,
        run,
        undefined,
        context,
      );
    const afterALostAnswer = async () => {
      const context = await setUp();
      const silent = async () => {
        throw unreachable;
      };
      await failureOf(startRecords(context, fakeSearch([], { createSnapshot: silent })));
      return context;
    };
    const name = 'camunda_zeebe_records_backup_7';

    for (const { whose, metadata } of [
      { whose: 'another run', metadata: { runId: 'run-2' } },
      { whose: 'somebody who wrote nothing beside it', metadata: {} },
    ] as const) {
      test(`does not adopt the snapshot of ${whose}`, async () => {
        const context = await afterALostAnswer();
        const error = await failureOf(startRecords(context, fakeSearch([snapshotNamed(name, { metadata })])));
        assert.equal(error.name, 'BackupNotOurs');
      });
    }

    test('adopts its own snapshot', async () => {
      const context = await afterALostAnswer();
      await startRecords(context, fakeSearch([snapshotNamed(name, { metadata: { runId: run.runId } })]));
      assert.equal((await context.ledger.readEntry('production', 7, 'records'))?.state, 'STARTED');
    });

    test('takes the snapshot when the request never arrived', async () => {
      const context = await afterALostAnswer();
      const engine = fakeSearch();
      await startRecords(context, engine);
      assert.equal(engine.created.length, 1);
    });
  });

  test('whose look fails asks for nothing', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const again = fakeComponent({ seen: unreachable });
    assert.equal(await failureOf(start(context, again)), unreachable);
    assert.deepEqual(again.calls, ['check 7']);
  });

  test('after it was written down asks nothing at all', async () => {
    const context = await setUp();
    await start(context, fakeComponent());
    const again = fakeComponent();
    assert.equal((await start(context, again)).state, 'IN_PROGRESS');
    assert.deepEqual(again.calls, []);
  });
});

describe('a start that is late', () => {
  /** What is written down while a component is being asked. */
  const whileAsked = (context: TestContext, { component }: ReturnType<typeof fakeComponent>, end: object) => {
    const slow: typeof component = {
      ...component,
      start: async (backupId) => {
        await context.ledger.changeEntry('production', 7, 'operate', (now) => ({ ...now, ...end }));
        return component.start(backupId);
      },
    };
    return startBackup(slow, description, run, undefined, context);
  };
  const ended = { state: 'COMPLETED', endedAt: '2026-11-21T09:05:00.000Z' } as const;

  test('leaves the end alone that was written down meanwhile', async () => {
    const context = await setUp();
    await whileAsked(context, fakeComponent(), ended);
    assert.deepEqual(await entryIn(context), {
      ...description,
      runId: 'run-1',
      requestedAt: '2026-11-21T09:00:00.000Z',
      ...ended,
    });
  });

  test('and is refused leaves it alone as well', async () => {
    const context = await setUp();
    const refused = whileAsked(context, fakeComponent({ started: busy }), ended);
    assert.equal(await failureOf(refused), busy);
    assert.equal((await entryIn(context))?.state, 'COMPLETED');
    assert.equal((await entryIn(context))?.refused, undefined);
  });
});

describe('a check', () => {
  const before: Progress = {
    state: 'IN_PROGRESS',
    startedAt: '2026-11-21T09:00:00.000Z',
    nextCheckAt: '2026-11-21T09:00:01.000Z',
    partsDone: 0,
  };
  const limits = { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 };
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
    await start(context, fakeComponent({ started: { existed: false, scheduledSnapshots } }));
    context.clock.advance(60);
    return context;
  }

  const check = (context: TestContext, seen: ComponentStatus | Error) =>
    checkBackup(fakeComponent({ seen }).component, 'operate', { run, before, limits }, context);

  test('of a running backup says when to look again and writes nothing', async () => {
    const context = await started();
    const writes = context.store.changes.length;
    const progress = await check(context, { state: 'IN_PROGRESS', parts: [] });
    assert.equal(progress.state, 'IN_PROGRESS');
    assert(Date.parse(progress.nextCheckAt) > context.clock.now());
    assert.equal(context.store.changes.length, writes);
  });

  test('of a server that takes long to answer lets it rest for ten times as long, in one process', async () => {
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
    const progress = await checkBackup(slow, 'operate', { run, before, limits }, inOneProcess);
    assert.equal(Date.parse(progress.nextCheckAt) - context.clock.now(), 70_000);
  });

  test('of a complete backup writes down every part', async () => {
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

  test('that takes long leaves the end alone that another call has written down meanwhile', async () => {
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
    const late = await checkBackup(slow, 'operate', { run, before, limits }, context);
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
    test(`that is late and ${what} leaves COMPLETED alone`, async () => {
      const context = await started();
      await check(context, good);
      const entry = await entryIn(context);
      context.clock.advance(limits.timeoutSeconds);
      const late = seen instanceof Error ? seen : { ...seen, parts: [...seen.parts] };
      assert.equal((await failureOf(check(context, late))).name, name);
      assert.deepEqual(await entryIn(context), entry);
    });
  }

  test('that fails leaves COMPLETED alone that is written in the moment between', async () => {
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

  test('of complete records writes down their indices', async () => {
    const context = await started();
    await check(context, { ...good, indices: ['zeebe-record_job'] });
    assert.deepEqual((await entryIn(context))?.indices, ['zeebe-record_job']);
  });

  test('of a failed backup writes down why, and throws it', async () => {
    const context = await started();
    const error = await failureOf(check(context, { state: 'FAILED', failureReason: 'disk full', parts: [] }));
    assert.equal(error.name, 'ComponentBackupFailed');
    const entry = await entryIn(context);
    assert.equal(entry?.state, 'FAILED');
    assert.match(entry.failure ?? '', /FAILED: disk full/);
  });

  test('of a complete backup without a snapshot that was scheduled does not believe it', async () => {
    const context = await started(['a', 'b', 'c']);
    const error = await failureOf(check(context, good));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /without snapshots that it had scheduled: c$/);
    assert.equal((await entryIn(context))?.state, 'FAILED');
  });

  test('that is not answered is patient', async () => {
    const context = await started();
    const progress = await check(context, unreachable);
    assert.equal(progress.remark, unreachable.message);
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('that is answered with a mistake of ours is not patient', async () => {
    const context = await started();
    await assert.rejects(check(context, new TypeError('a bug')), TypeError);
  });

  test('that is made again after the end writes the same again', async () => {
    const context = await started();
    await check(context, good);
    const entry = await entryIn(context);
    assert.equal((await check(context, good)).state, 'COMPLETED');
    assert.deepEqual(await entryIn(context), entry);
  });

  test('that finds it complete after an error that lasted forgets that error', async () => {
    const context = await started();
    const unsettled = { ...before, unsettledSince: before.startedAt };
    context.clock.advance(300);
    const look = (seen: ComponentStatus | Error) =>
      checkBackup(fakeComponent({ seen }).component, 'operate', { run, before: unsettled, limits }, context);
    assert.equal(await failureOf(look(unreachable)), unreachable);
    assert.equal((await entryIn(context))?.state, 'FAILED');
    await look(good);
    const entry = await entryIn(context);
    assert.equal(entry?.state, 'COMPLETED');
    assert.equal(entry.failure, undefined);
  });

  test('whose end cannot be written down is trouble of the ledger, not of the backup', async () => {
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

  test('of a component that was never started is a corrupt ledger', async () => {
    const context = await setUp();
    assert.equal((await failureOf(check(context, good))).name, 'LedgerCorrupt');
  });

  test('without the lock asks nothing', async () => {
    const context = await started();
    await context.ledger.release('production', run.runId);
    assert.equal((await failureOf(check(context, good))).name, 'LockLost');
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('of a backup that failed while it was on its way asks nothing: the next try is at work', async () => {
    const context = await started();
    await context.ledger.changeLock('production', run.runId, { backupId: 8, attempt: 2 });
    const operate = fakeComponent({ seen: good });
    const late = checkBackup(operate.component, 'operate', { run, before, limits }, context);
    assert.equal((await failureOf(late)).name, 'LockLost');
    assert.deepEqual(operate.calls, []);
  });

  test('of whatever component ends a pause that is too long, before the component is asked', async () => {
    const context = await started();
    await context.ledger.changeLock('production', run.runId, {
      pauseRequestedAt: '2026-11-21T09:00:00.000Z',
    });
    const short = { ...limits, maxPauseSeconds: 59 };
    const operate = fakeComponent({ seen: good });
    const tooLate = checkBackup(operate.component, 'operate', { run, before, limits: short }, context);
    assert.equal((await failureOf(tooLate)).name, 'PausedTooLong');
    assert.deepEqual(operate.calls, []);
    assert.equal((await check(context, good)).state, 'COMPLETED');
  });

  describe('of Zeebe, whose backup is the last one,', () => {
    async function pausedWorld() {
      const broker = { phase: 'SOFT_PAUSED' };
      const fake = fakeHttp(exportingOf(at.zeebe, broker));
      const context = testContext({ http: fake.http });
      await holdLock(context);
      await context.ledger.changeLock('production', run.runId, {
        pauseRequestedAt: '2026-11-21T09:00:00.000Z',
      });
      const zeebe = { ...description, component: 'zeebe' as const };
      await startBackup(fakeComponent().component, zeebe, run, undefined, context);
      context.clock.advance(60);
      return { broker, fake, context };
    }
    const parts = [1, 2, 3].map((partition) => ({ name: `${partition}`, state: 'COMPLETED' }));
    const complete: ComponentStatus = { state: 'COMPLETED', parts, expectedParts: 3 };
    const checkZeebe = (context: TestContext, seen: ComponentStatus | Error = complete, since = before) =>
      checkBackup(fakeComponent({ seen }).component, 'zeebe', { run, before: since, limits }, context);
    const zeebeIn = (context: TestContext) => context.ledger.readEntry('production', 7, 'zeebe');
    const partitions = `GET ${at.zeebe}/actuator/partitions`;

    test('reads back that exporting is paused still, and only then it is complete', async () => {
      const { context, fake } = await pausedWorld();
      assert.equal((await checkZeebe(context)).state, 'COMPLETED');
      assert.deepEqual(fake.calls(), [partitions]);
      assert.equal((await context.ledger.readLock('production'))?.pauseHeldAt, '2026-11-21T09:01:00.000Z');
    });

    test('reads nothing back as long as it runs', async () => {
      const { context, fake } = await pausedWorld();
      assert.equal((await checkZeebe(context, { state: 'IN_PROGRESS', parts: [] })).state, 'IN_PROGRESS');
      assert.deepEqual(fake.calls(), []);
      assert.equal((await context.ledger.readLock('production'))?.pauseHeldAt, undefined);
    });

    test('stays complete when it is looked at again after the resume, and nothing is written twice', async () => {
      const { context, broker } = await pausedWorld();
      await checkZeebe(context);
      const entry = await zeebeIn(context);
      await context.ledger.changeLock('production', run.runId, { resumedAt: '2026-11-21T09:02:00.000Z' });
      broker.phase = 'EXPORTING';
      context.clock.advance(60);
      const writes = context.store.changes.length;
      assert.equal((await checkZeebe(context)).state, 'COMPLETED');
      assert.deepEqual(await zeebeIn(context), entry);
      assert.equal(context.store.changes.length, writes);
    });

    test('is a failure at once where somebody has resumed: the parts do not fit together', async () => {
      const { context, broker } = await pausedWorld();
      broker.phase = 'EXPORTING';
      const error = await failureOf(checkZeebe(context));
      assert.equal(error.name, 'VerificationFailed');
      const entry = await zeebeIn(context);
      assert.equal(entry?.state, 'FAILED');
      assert.match(entry.failure ?? '', /Somebody else resumed exporting/);
    });

    for (const { what, answer } of [
      { what: 'a broker is silent', answer: noAnswer() },
      {
        what: 'a replica changes its role',
        answer: json(200, phases('SOFT_PAUSED', 'CLOSED', 'SOFT_PAUSED')),
      },
    ] as const) {
      test(`is looked at again while ${what}, for as long as the patience`, async () => {
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
