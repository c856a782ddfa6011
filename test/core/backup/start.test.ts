import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { startBackup } from '../../../core/backup/start.ts';
import { records as recordsOf } from '../../../core/components/records/backup.ts';
import type { RecordsTarget } from '../../../core/components/records/target.ts';
import {
  type FakeSearch,
  failureOf,
  fakeSearch,
  snapshotNamed,
  type TestContext,
  testContext,
} from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { busy, entryIn, setUp, start, unreachable } from './component-world.ts';
import { entryOf, fakeComponent, holdLock, limits, ofOperate, operate, run } from './world.ts';

describe('The start of a component’s backup', () => {
  test('A start asks the component once and writes down that it has started', async () => {
    const context = await setUp();
    const operate = fakeComponent({ started: { answer: 'accepted', scheduledSnapshots: ['a', 'b'] } });
    const progress = await start(context, operate);
    assert.deepEqual(operate.calls, ['start 7']);
    assert.deepEqual(progress, {
      state: 'IN_PROGRESS',
      startedAt: '2026-11-21T09:00:00.000Z',
      nextCheckAt: '2026-11-21T09:00:01.000Z',
      partsDone: 0,
    });
    assert.deepEqual(await entryIn(context), {
      component: 'operate',
      ...ofOperate,
      runId: 'run-1',
      state: 'STARTED',
      requestedAt: '2026-11-21T09:00:00.000Z',
      startedAt: '2026-11-21T09:00:00.000Z',
      scheduledSnapshots: ['a', 'b'],
    });
  });

  test('A start writes down its intent before the component is asked', async () => {
    const context = await setUp();
    let stateWhenAsked: string | undefined;
    const { component } = fakeComponent();
    const watched = {
      ...component,
      start: async (backupId: number, runId: string) => {
        stateWhenAsked = (await entryIn(context))?.state;
        return component.start(backupId, runId);
      },
    };
    await startBackup(watched, { run, target: operate, limits }, context);
    assert.equal(stateWhenAsked, 'REQUESTED');
  });

  test('A start whose intent cannot be written asks nothing', async () => {
    const context = await setUp();
    context.store.before = (call) => {
      if (call.startsWith('create')) ledgerTrouble(call);
    };
    const operate = fakeComponent();
    assert.equal((await failureOf(start(context, operate))).name, 'LedgerError');
    assert.deepEqual(operate.calls, []);
  });

  test('A start that finds the backup there already is refused: it is somebody else’s', async () => {
    const context = await setUp();
    const error = await failureOf(start(context, fakeComponent({ started: { answer: 'already there' } })));
    assert.equal(error.name, 'BackupNotOurs');
    assert.match(error.message, /^Operate has a backup 7 that this run did not start/);
    assert.equal((await entryIn(context))?.state, 'REQUESTED');
  });

  test('A start that finds the component busy with a backup of this very id is refused: it is somebody else’s', async () => {
    const context = await setUp();
    const tasklist = fakeComponent({ started: busy, seen: { state: 'IN_PROGRESS', parts: [] } });
    const error = await failureOf(start(context, tasklist));
    assert.equal(error.name, 'BackupNotOurs');
    assert.deepEqual(tasklist.calls, ['start 7', 'check 7']);
  });

  test('A start that finds the component busy with another backup may be repeated', async () => {
    const context = await setUp();
    assert.equal(await failureOf(start(context, fakeComponent({ started: busy }))), busy);
    await start(context, fakeComponent());
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('A start that finds a snapshot with the name of this run takes it for its own', async () => {
    const context = await setUp();
    await start(context, fakeComponent({ started: { answer: 'already ours' } }));
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  for (const { what, holder } of [
    { what: 'was given back', holder: undefined },
    { what: 'is held by another run', holder: 'run-2' },
  ] as const) {
    test(`A start without the lock, which ${what}, asks nothing`, async () => {
      const context = testContext();
      if (holder) await holdLock(context, holder);
      const operate = fakeComponent();
      const error = await failureOf(start(context, operate));
      assert.equal(error.name, 'LockLost');
      assert.deepEqual(operate.calls, []);
      assert.equal(await entryIn(context), undefined);
    });
  }

  test('A start under an id that another run has an entry for is refused', async () => {
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

describe('A second start in the same run', () => {
  test('A second start after a lost answer looks first, and adopts what it finds', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const again = fakeComponent({ seen: { state: 'IN_PROGRESS', parts: [] } });
    await start(context, again);
    assert.deepEqual(again.calls, ['check 7']);
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  for (const { what, startedAt, isOurs } of [
    {
      what: 'A second start after a lost answer does not adopt a backup that began an hour before the first one',
      startedAt: '2026-11-21T08:00:00.000Z',
      isOurs: false,
    },
    {
      what: 'A second start after a lost answer adopts a backup that began a little before, by a clock that differs',
      startedAt: '2026-11-21T08:58:00.000Z',
      isOurs: true,
    },
    {
      what: 'A second start after a lost answer adopts a backup that does not say when it began',
      startedAt: undefined,
      isOurs: true,
    },
  ] as const) {
    test(what, async () => {
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

  test('A second start after a lost answer asks again when the request never arrived', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const again = fakeComponent();
    await start(context, again);
    assert.deepEqual(again.calls, ['check 7', 'start 7']);
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('A second start adopts a backup that begins between its look and its request', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    await start(context, fakeComponent({ started: { answer: 'already there' } }));
    assert.equal((await entryIn(context))?.state, 'STARTED');
  });

  test('A second start does not adopt a snapshot that carries the name of another run', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const error = await failureOf(start(context, fakeComponent({ started: { answer: 'not ours' } })));
    assert.equal(error.name, 'BackupNotOurs');
  });

  describe('A second start of the records, which prove whose they are', () => {
    const records: RecordsTarget = {
      kind: 'records',
      component: 'records',
      engine: 'elasticsearch',
      url: 'http://es:9200',
      repository: 'camunda',
      indexPattern: 'zeebe-record*',
    };
    const startRecords = (context: TestContext, engine: FakeSearch) =>
      startBackup(recordsOf(engine, records), { run, target: records, limits }, context);
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
      test(`A second start of the records does not adopt the snapshot of ${whose}`, async () => {
        const context = await afterALostAnswer();
        const error = await failureOf(startRecords(context, fakeSearch([snapshotNamed(name, { metadata })])));
        assert.equal(error.name, 'BackupNotOurs');
      });
    }

    test('A second start of the records adopts its own snapshot', async () => {
      const context = await afterALostAnswer();
      await startRecords(context, fakeSearch([snapshotNamed(name, { metadata: { runId: run.runId } })]));
      assert.equal((await context.ledger.readEntry('production', 7, 'records'))?.state, 'STARTED');
    });

    test('A second start of the records takes the snapshot when the request never arrived', async () => {
      const context = await afterALostAnswer();
      const engine = fakeSearch();
      await startRecords(context, engine);
      assert.equal(engine.created.length, 1);
    });
  });

  test('A second start whose look fails asks for nothing', async () => {
    const context = await setUp();
    await failureOf(start(context, fakeComponent({ started: unreachable })));
    const again = fakeComponent({ seen: unreachable });
    assert.equal(await failureOf(start(context, again)), unreachable);
    assert.deepEqual(again.calls, ['check 7']);
  });

  test('A second start after the first was written down asks nothing at all', async () => {
    const context = await setUp();
    await start(context, fakeComponent());
    const again = fakeComponent();
    assert.equal((await start(context, again)).state, 'IN_PROGRESS');
    assert.deepEqual(again.calls, []);
  });
});

describe('A start that is late', () => {
  /** What is written down while a component is being asked. */
  const whileAsked = (context: TestContext, { component }: ReturnType<typeof fakeComponent>, end: object) => {
    const slow: typeof component = {
      ...component,
      start: async (backupId, runId) => {
        await context.ledger.changeEntry('production', 7, 'operate', (now) => ({ ...now, ...end }));
        return component.start(backupId, runId);
      },
    };
    return startBackup(slow, { run, target: operate, limits }, context);
  };
  const ended = { state: 'COMPLETED', endedAt: '2026-11-21T09:05:00.000Z' } as const;

  test('A late start leaves the end alone that was written down meanwhile', async () => {
    const context = await setUp();
    await whileAsked(context, fakeComponent(), ended);
    assert.deepEqual(await entryIn(context), {
      component: 'operate',
      ...ofOperate,
      runId: 'run-1',
      requestedAt: '2026-11-21T09:00:00.000Z',
      ...ended,
    });
  });

  test('A late start that is refused leaves the end alone that was written down meanwhile', async () => {
    const context = await setUp();
    const refused = whileAsked(context, fakeComponent({ started: busy }), ended);
    assert.equal(await failureOf(refused), busy);
    assert.equal((await entryIn(context))?.state, 'COMPLETED');
    assert.equal((await entryIn(context))?.refused, undefined);
  });
});
