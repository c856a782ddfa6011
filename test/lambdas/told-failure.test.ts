import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { manifest, pauseOf, plan, run } from '../core/backup/world.ts';
import { writeManifest } from '../support/write-manifest.ts';
import {
  answer,
  complete,
  counted,
  failed,
  patience,
  recordFailure,
  tellsNobody,
  throttled,
} from './complete-run.ts';

/** What a newer version may have written. */
const strange = JSON.stringify({ ...manifest, state: 'COMPLETED', aFieldOfTheNextVersion: true });
const manifestKey = 'production/backups/7/manifest.json';
interface Failed {
  outcome: string;
  failure: { Error: string; Cause: string };
  notWritten?: boolean;
}

describe('a failure that nobody can be told of', () => {
  async function failing() {
    const { context, pings } = await complete();
    await context.ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'FAILED' }));
    return { context, pings };
  }

  test('A failure that people could not be told of is an AlertFailed, and its repetition tells id, component and manifest', async () => {
    const { context, pings } = await failing();
    for (let times = 0; times < 3; times += 1) {
      await assert.rejects(recordFailure({ ...context, tell: tellsNobody }), {
        name: 'AlertFailed',
        message:
          /^People could not be told that a run of production failed: Rate exceeded\nWhat to do: Check/,
      });
    }
    assert.equal((await context.ledger.readManifest('production', 7))?.state, 'FAILED');
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.deepEqual(await recordFailure(context), { outcome: 'FAILED', failure: failed });
    const [told, ...others] = context.told;
    assert.deepEqual(others, []);
    assert.equal(told?.kind, 'backupFailed');
    assert.equal(told.backupId, 7);
    assert.equal(told.component, 'Zeebe');
    assert.equal(told.manifest, answer.manifest);
    assert.equal(counted(context, 'BackupFailed'), 1);
    assert.deepEqual(pings, ['http://monitor/camunda/fail']);
  });

  test('A failure of a run without a plan is told with id, component and manifest also when its lock is gone', async () => {
    const { context } = await failing();
    const request = { cluster: 'production', reason: 'test' };
    await assert.rejects(recordFailure({ ...context, tell: tellsNobody }, request), { name: 'AlertFailed' });
    await recordFailure(context, request);
    assert.deepEqual(
      context.told.map(({ backupId, component, manifest }) => ({ backupId, component, manifest })),
      [{ backupId: 7, component: 'Zeebe', manifest: answer.manifest }],
    );
  });

  test('An untold failure stays in the ledger for the watchdog, and is gone from it when it is told', async () => {
    const { context } = await failing();
    const untold = async () => (await context.ledger.readMemory('production'))?.untold;
    await assert.rejects(recordFailure({ ...context, tell: tellsNobody }));
    assert.deepEqual(
      (await untold())?.map(({ runId, backupId, alert }) => ({ runId, backupId, kind: alert.kind })),
      [{ runId: 'run-1', backupId: 7, kind: 'backupFailed' }],
    );
    await recordFailure(context);
    assert.equal(await untold(), undefined);
  });

  test('An untold failure is in the ledger before its run gives the lock back, so that the watchdog can tell it', async () => {
    const { context, pings } = await failing();
    const { store } = context;
    store.before = (write) => {
      if (write === 'replace production/lock.json') throw new Error('The function was ended');
    };
    await assert.rejects(recordFailure(context));
    assert.deepEqual(context.told, []);
    assert.deepEqual(
      (await context.ledger.readMemory('production'))?.untold?.map(({ runId, alert }) => [runId, alert.kind]),
      [['run-1', 'backupFailed']],
    );
    assert.equal(counted(context, 'BackupFailed'), 0);
    store.before = () => undefined;
    await recordFailure(context);
    assert.equal(context.told.length, 1);
    assert.equal(counted(context, 'BackupFailed'), 1);
    assert.deepEqual(pings, ['http://monitor/camunda/fail']);
    assert.equal((await context.ledger.readMemory('production'))?.untold, undefined);
  });

  test('A failure that one call tells of is told no second time by the watchdog, whatever its alert lacks', async () => {
    const { context } = await complete();
    await recordFailure(context);
    assert.equal(context.told.length, 1);
    assert.equal(context.told[0]?.component, undefined);
    assert.equal((await context.ledger.readMemory('production'))?.untold, undefined);
  });

  test('A failure is counted once however often the lock cannot be given back', async () => {
    const { context, pings } = await failing();
    const { store } = context;
    store.before = () => {
      throw new Error('The bucket takes nothing');
    };
    for (let times = 0; times < 3; times += 1) await assert.rejects(recordFailure(context));
    assert.equal(counted(context, 'BackupFailed'), 0);
    store.before = () => undefined;
    await recordFailure(context);
    assert.equal(counted(context, 'BackupFailed'), 1);
    assert.deepEqual(pings, ['http://monitor/camunda/fail']);
  });

  test('A failure that cannot be told stays in the ledger also where somebody has dropped it there meanwhile', async () => {
    const { context } = await failing();
    const { ledger } = context;
    const tell = async () => {
      await ledger.changeMemory('production', (memory) => memory && { watchedSince: memory.watchedSince });
      throw throttled();
    };
    await assert.rejects(recordFailure({ ...context, tell }), { name: 'AlertFailed' });
    assert.equal((await ledger.readMemory('production'))?.untold?.length, 1);
  });

  test('A pause that was announced between two calls of RecordFailure is told as exporting that is left paused', async () => {
    const { context } = await failing();
    const { store, ledger } = context;
    store.before = (write) => {
      if (write === 'replace production/lock.json') throw new Error('The function was ended');
    };
    await assert.rejects(recordFailure(context));
    store.before = () => undefined;
    await ledger.changeLock('production', run.runId, pauseOf());
    await recordFailure(context);
    assert.deepEqual(
      context.told.map(({ kind }) => kind),
      ['exportingLeftPaused'],
    );
  });

  test('A failure that cannot be written down for the watchdog is told, and its lock is given back', async () => {
    const { context } = await failing();
    context.store.before = (write) => {
      if (write.endsWith('production/alerts.json')) throw new Error('The disk is full');
    };
    await recordFailure(context);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal(context.told.length, 1);
    assert.equal(counted(context, 'BackupFailed'), 1);
  });

  test(
    'RecordFailure is an AlertFailed within the time of its state also where the topic hangs',
    async () => {
      const { context } = await failing();
      const time = new VirtualTime(context.clock.now());
      const began = time.now();
      const never = () => new Promise<never>(() => undefined);
      const silent = { ...context, clock: time, tell: never, publish: never, http: never };
      await assert.rejects(recordFailure(silent), { name: 'AlertFailed' });
      assert(time.now() - began < 80_000);
    },
    patience,
  );

  test('A failure is told also where the ledger cannot say what was told before', async () => {
    const { context } = await failing();
    context.store.documents.set('production/alerts.json', '{');
    await recordFailure(context);
    assert.equal(context.told.length, 1);
    await assert.rejects(recordFailure({ ...context, tell: tellsNobody }), { name: 'AlertFailed' });
    assert.match(context.warnings.join(), /The alert about production could not be recorded/);
  });
});

describe('a failure that the ledger does not take', () => {
  const notTaken = { Error: 'LedgerError', Cause: 'The bucket answered 503' };
  const refusing = async () => {
    const { context, pings } = await complete();
    const refuse = async () => {
      throw new Error('The bucket answered 503');
    };
    const { ledger } = context;
    const down = { ...ledger, readLock: refuse, readMemory: refuse, changeMemory: refuse };
    return { context: { ...context, ledger: down }, pings };
  };
  const tellFailure = (context: Parameters<typeof recordFailure>[0], state: object) =>
    recordFailure(context, { ...state, recordFailure: notTaken });

  for (const { what, state, kind } of [
    { what: 'that was never planned', state: { cluster: 'production' }, kind: 'backupFailed' },
    {
      what: 'that is resumed',
      state: { ...plan, resumedAfterFailure: { how: 'proven' } },
      kind: 'backupFailed',
    },
    { what: 'that may be paused', state: plan, kind: 'exportingLeftPaused' },
  ]) {
    test(`TellFailure tells people of a run ${what} while the ledger is down, and RecordFailure leaves that to it`, async () => {
      const { context, pings } = await refusing();
      await assert.rejects(recordFailure(context, state), /The bucket answered 503/);
      assert.equal(context.told.length, 0);
      const { outcome, failure, notWritten } = (await tellFailure(context, state)) as Failed;
      assert.deepEqual(
        { outcome, error: failure.Error, notWritten },
        {
          outcome: 'FAILED',
          error: failed.Error,
          notWritten: true,
        },
      );
      assert.match(failure.Cause, /could not be written down: The bucket answered 503/);
      assert.deepEqual(
        context.told.map((alert) => alert.kind),
        [kind],
      );
      assert.match(context.told[0]?.reason ?? '', /Zeebe was slow\. The failure could not be written down/);
      assert.deepEqual(pings, ['http://monitor/camunda/fail']);
    });
  }

  test('TellFailure says that it is not known whether a backup is complete that was about to be called so, and counts nothing', async () => {
    const { context, pings } = await refusing();
    const { failure } = (await tellFailure(context, { ...plan, resumed: { how: 'proven' } })) as Failed;
    assert.match(failure.Cause, /Whether the backup 7 is complete is not known/);
    assert.deepEqual(
      context.told.map(({ kind, severity }) => ({ kind, severity })),
      [{ kind: 'backupNotKnown', severity: 'WARNING' }],
    );
    assert.equal(counted(context, 'BackupFailed'), 0);
    assert.deepEqual(pings, []);
  });

  test('RecordFailure tells nobody of a failure where the manifest says COMPLETED and the lock cannot be given back', async () => {
    const { context } = await complete();
    await writeManifest(context.ledger, { ...manifest, state: 'COMPLETED', endedAt: manifest.startedAt });
    context.store.before = (write) => {
      if (write === 'replace production/lock.json') throw new Error('The bucket takes nothing');
    };
    assert.deepEqual(await recordFailure(context), { outcome: 'COMPLETED', completed: answer });
    assert.match(context.warnings.join(), /The lock of production could not be released/);
    assert.deepEqual(
      context.told.map(({ kind }) => kind),
      ['backupCompleted'],
    );
  });

  test('TellFailure records the failure where the ledger is back', async () => {
    const { context } = await complete();
    assert.deepEqual(await tellFailure(context, plan), { outcome: 'FAILED', failure: failed });
    assert.equal((await context.ledger.readManifest('production', 7))?.state, 'FAILED');
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal(context.told.length, 1);
  });

  test(
    'TellFailure tells people within the time of its state where the ledger hangs',
    async () => {
      const { context } = await complete();
      const time = new VirtualTime(context.clock.now());
      const began = time.now();
      const never = () => new Promise<never>(() => undefined);
      const ledger = { ...context.ledger, readLock: never, readMemory: never, changeMemory: never };
      const { notWritten } = (await tellFailure({ ...context, ledger, clock: time }, plan)) as Failed;
      assert.equal(notWritten, true);
      assert.equal(context.told.length, 1);
      assert(time.now() - began < 80_000);
    },
    patience,
  );
});

describe('a failure that people are told of', () => {
  test('RecordFailure tells people also where the lock cannot be read, and the worst where exporting could not be resumed', async () => {
    for (const { more, kind } of [
      { more: { resumedAfterFailure: { how: 'proven' } }, kind: 'backupFailed' },
      { more: { resumed: { how: 'proven' } }, kind: 'backupNotKnown' },
      { more: {}, kind: 'exportingLeftPaused' },
      { more: { resumeFailure: { Error: 'ResumeUnwritten', Cause: 'no' } }, kind: 'backupFailed' },
      { more: { resumeFailure: { Error: 'ResumeFailed', Cause: 'no' } }, kind: 'exportingLeftPaused' },
    ]) {
      const { context } = await complete();
      context.store.documents.set('production/lock.json', '{');
      const { outcome, failure } = (await recordFailure(context, { ...plan, ...more })) as Failed;
      assert.deepEqual([outcome, failure.Error], ['FAILED', failed.Error]);
      assert.match(failure.Cause, /^Zeebe was slow\. memory:production\/lock\.json is not a document/);
      assert.equal(context.told[0]?.kind, kind);
      assert.match(context.warnings.join(), /The failure could not be written down/);
    }
  });

  test('People are told that it is unknown whether a backup with an unreadable manifest is complete; its lock is free', async () => {
    const { context } = await complete();
    context.store.documents.set(manifestKey, strange);
    const aboutToComplete = { ...plan, resumed: { how: 'proven' } };
    const { failure } = (await recordFailure(context, aboutToComplete)) as Failed;
    const says =
      /^Zeebe was slow\. Whether the backup is complete is not known: memory:production.*manifest\.json/;
    assert.match(failure.Cause, says);
    assert.deepEqual([context.told.length, context.told[0]?.kind], [1, 'backupNotKnown']);
    assert.match(context.told[0]?.reason ?? '', says);
    assert.equal(context.store.documents.get(manifestKey), strange);
    assert.equal(await context.ledger.readLock('production'), undefined);
    // The same of a run that has given its lock back.
    const late = (await recordFailure(context, aboutToComplete)) as Failed;
    assert.deepEqual(late.failure, failure);
    assert.equal(counted(context, 'BackupFailed'), 0);
  });

  test('People are told of exporting that is left paused also where the manifest is unreadable, and the lock is kept', async () => {
    const { context } = await complete();
    await context.ledger.changeLock('production', run.runId, pauseOf());
    context.store.documents.set(manifestKey, strange);
    await recordFailure(context);
    assert.deepEqual([context.told[0]?.kind, context.told[0]?.severity], ['exportingLeftPaused', 'CRITICAL']);
    assert.equal((await context.ledger.readLock('production'))?.runId, run.runId);
  });

  test('People are told of exporting that is left paused also where the configuration cannot be read', async () => {
    const { context } = await complete();
    await context.ledger.changeLock('production', run.runId, pauseOf());
    const config = tellsNobody;
    await recordFailure({ ...context, config });
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.match(context.told[0]?.remedy ?? '', /exporting\/resume/);
  });

  test('People are told of a failure also where the figures cannot be recorded', async () => {
    const { context } = await complete();
    const measure = () => {
      throw throttled();
    };
    await recordFailure({ ...context, measure });
    assert.equal(context.told.length, 1);
  });
});
