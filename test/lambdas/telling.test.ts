import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Context } from '../../core/context.ts';
import { handlers } from '../../lambdas/index.ts';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { entryOf, holdLock, manifest, run, target } from '../core/backup/world.ts';
import { type TestContext, testContext } from '../core/fakes.ts';

const yaml = `
ledger: { folder: ./ledger }
deployment: { alerts: { onSuccess: true } }
clusters:
  production:
    zeebe: { url: http://zeebe:9600 }
    ping: http://monitor/camunda
`;
const resumed = {
  pauseRequestedAt: '2026-11-21T09:00:01.000Z',
  pausedAt: '2026-11-21T09:00:02.000Z',
  pauseHeldAt: '2026-11-21T09:01:00.000Z',
  resumedAt: '2026-11-21T09:01:01.000Z',
  resumeProof: 'proven' as const,
};
const throttled = () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottledException' });
const tellsNobody = async () => {
  throw throttled();
};

/** Where something never answers, a fault is a test that does not end. */
const patience = { timeout: 60_000 };

/** A run whose components are complete, just before its last state. */
async function complete() {
  const pings: string[] = [];
  const context = testContext({
    yaml,
    http: async ({ url }) => {
      pings.push(url);
      return { status: 200, contentType: 'text/plain', text: 'OK' };
    },
  });
  await holdLock(context);
  await context.ledger.changeLock('production', run.runId, resumed);
  await context.ledger.createManifest(manifest);
  for (const name of ['operate', 'zeebe'] as const) {
    await context.ledger.createEntry('production', 7, entryOf(name));
  }
  return { context, pings };
}

function call(name: string, input: object, context: Context): Promise<unknown> {
  const handler = handlers[name];
  assert(handler);
  return handler(JSON.parse(JSON.stringify(input)), context);
}
const completeBackup = (context: Context) => call('CompleteBackup', { run }, context);
const answer = {
  backupId: 7,
  cluster: 'production',
  state: 'COMPLETED',
  manifest: 'memory:production/backups/7/manifest.json',
};
const failed = { Error: 'ComponentTimedOut', Cause: 'Zeebe was slow' };
const plan = {
  outcome: 'PLANNED',
  run,
  reason: 'test',
  attempt: 1,
  attempts: 1,
  order: 'PAUSE_FIRST',
  exporting: target,
  applications: [],
  records: [],
  zeebe: [{ component: 'zeebe', url: 'http://zeebe:9600', path: 'backups', partitions: 3 }],
  limits: { patienceSeconds: 1, timeoutSeconds: 1, maxPauseSeconds: 1 },
};
const recordFailure = (context: Context, state: object = plan, failure: object = failed) =>
  call('RecordFailure', { state: { ...state, failure }, runId: run.runId }, context);
/** What a newer version may have written. */
const strange = JSON.stringify({ ...manifest, state: 'COMPLETED', aFieldOfTheNextVersion: true });
const manifestKey = 'production/backups/7/manifest.json';
interface Failed {
  outcome: string;
  failure: { Error: string; Cause: string };
}
const counted = ({ measured }: TestContext, name: string) =>
  measured.filter((one) => one.name === name && one.value === 1).length;

describe('what comes after COMPLETED changes nothing', () => {
  for (const [what, breakIt, warning] of [
    ['people cannot be told', { tell: tellsNobody }, /could not be told that the backup 7 is complete: Rate/],
    [
      'the figures cannot be recorded',
      {
        measure: () => {
          throw throttled();
        },
      },
      /The figures could not be recorded: Rate exceeded/,
    ],
    [
      'the monitor cannot be called',
      {
        http: async () => {
          throw throttled();
        },
      },
      /The ping URL could not be called: Rate exceeded/,
    ],
    [
      'the configuration cannot be read',
      {
        config: async () => {
          throw throttled();
        },
      },
      /The configuration could not be read: Rate exceeded/,
    ],
  ] as const) {
    test(`CompleteBackup answers with the complete backup, and warns, where ${what}`, async () => {
      const { context } = await complete();
      assert.deepEqual(await completeBackup({ ...context, ...breakIt }), answer);
      assert.equal((await context.ledger.readManifest('production', 7))?.state, 'COMPLETED');
      assert.equal(await context.ledger.readLock('production'), undefined);
      assert.match(context.warnings.join(), warning);
    });
  }

  test(
    'CompleteBackup ends within its time, and the lock is free at once, where nobody and nothing answers',
    patience,
    async () => {
      const { context } = await complete();
      const time = new VirtualTime(context.clock.now());
      const began = time.now();
      const never = () => new Promise<never>(() => undefined);
      const silent = { ...context, clock: time, tell: never, http: never };
      let lock: unknown = 'not looked at';
      silent.measure = () => {
        lock = context.store.documents.get('production/lock.json');
      };
      assert.deepEqual(await completeBackup(silent), answer);
      assert.match(String(lock), /"releasedBy": "run-1"/);
      const seconds = (time.now() - began) / 1000;
      assert(seconds < 80, `${seconds} s, and the function has 80`);
      assert.equal(context.warnings.length, 2, context.warnings.join());
    },
  );

  test(
    'CompleteBackup answers also where the ledger hangs when the lock is given back',
    patience,
    async () => {
      const { context } = await complete();
      const time = new VirtualTime(context.clock.now());
      const ledger = { ...context.ledger, release: () => new Promise<never>(() => undefined) };
      assert.deepEqual(await completeBackup({ ...context, clock: time, ledger }), answer);
      assert.match(context.warnings.join(), /The lock of production could not be given back/);
    },
  );

  test('good news is told after the manifest is written, with its figures and its ping', async () => {
    const { context, pings } = await complete();
    await completeBackup(context);
    assert.deepEqual(
      context.told.map(({ kind }) => kind),
      ['backupCompleted'],
    );
    assert.deepEqual(pings, ['http://monitor/camunda']);
    assert.equal(counted(context, 'BackupCompleted'), 1);
  });
});

describe('RecordFailure of a backup whose manifest says COMPLETED', () => {
  for (const [what, before] of [
    ['with the lock free', async () => undefined],
    ['while the lock is still held', (context: TestContext) => holdLock(context)],
  ] as const) {
    test(`ends the execution well, and tells nobody of a failure, ${what}`, async () => {
      const { context, pings } = await complete();
      await completeBackup(context);
      await before(context);
      context.told.length = 0;
      pings.length = 0;
      const late = { Error: 'States.Timeout', Cause: '' };
      assert.deepEqual(await recordFailure(context, plan, late), { outcome: 'COMPLETED', completed: answer });
      assert.deepEqual(
        context.told.map(({ kind }) => kind),
        ['backupCompleted'],
      );
      assert.deepEqual(pings, ['http://monitor/camunda']);
      assert.equal(counted(context, 'BackupFailed'), 0);
      assert.equal(await context.ledger.readLock('production'), undefined);
    });
  }

  test('finds it also when COMPLETED is written in the very moment in which it writes FAILED', async () => {
    const { context } = await complete();
    const { store } = context;
    store.before = (write) => {
      if (write !== 'replace production/backups/7/manifest.json') return;
      store.before = () => undefined;
      const text = store.documents.get('production/backups/7/manifest.json') ?? '';
      store.documents.set(
        'production/backups/7/manifest.json',
        text.replace('"state": "RUNNING"', '"state": "COMPLETED"'),
      );
      store.touch('production/backups/7/manifest.json');
    };
    assert.deepEqual(await recordFailure(context), { outcome: 'COMPLETED', completed: answer });
    assert.equal((await context.ledger.readManifest('production', 7))?.state, 'COMPLETED');
  });

  test('of an earlier try is late, and tells nobody: the run has gone on, and is complete', async () => {
    const { context } = await complete();
    const first = { ...plan, attempts: 2, run: { ...run, backupId: 6 } };
    await context.ledger.createManifest({ ...manifest, backupId: 6, state: 'FAILED' });
    await completeBackup(context);
    context.told.length = 0;
    const leaderChange = { Error: 'ComponentBackupFailed', Cause: 'There was a leader change' };
    assert.match(JSON.stringify(await recordFailure(context, first, leaderChange)), /"outcome":"TRY_AGAIN"/);
    assert.deepEqual(context.told, []);
    assert.equal(counted(context, 'BackupFailed'), 0);
  });

  test('says FAILED where the complete backup under the id of this run is that of another one', async () => {
    const { context } = await complete();
    await context.ledger.writeManifest({ ...manifest, runId: 'run-0', state: 'COMPLETED' });
    const refused = { Error: 'BackupIdRefused', Cause: 'The ledger has a backup 7 of the run run-0 already' };
    const state = { cluster: 'production', failure: refused };
    const output = await call('RecordFailure', { state, runId: run.runId }, context);
    assert.match(JSON.stringify(output), /"outcome":"FAILED".*"BackupIdRefused"/);
    assert.equal(counted(context, 'BackupFailed'), 1);
    assert.equal(counted(context, 'BackupCompleted'), 0);
    assert.deepEqual(
      context.told.map(({ kind }) => kind),
      ['backupFailed'],
    );
  });

  test('does not take the backup of another run for its own', async () => {
    const { context } = await complete();
    await completeBackup(context);
    const other = { ...plan, run: { ...run, runId: 'run-2' } };
    const output = await call(
      'RecordFailure',
      { state: { ...other, failure: failed }, runId: 'run-2' },
      context,
    );
    assert.deepEqual(output, { outcome: 'FAILED', failure: failed });
    assert.equal(context.told.at(-1)?.kind, 'backupFailed');
  });
});

describe('a failure that nobody can be told of', () => {
  async function failing() {
    const { context, pings } = await complete();
    await context.ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'FAILED' }));
    return { context, pings };
  }

  test('is an error that the state machine repeats, and then told with the same id, component and manifest', async () => {
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

  test('is told the same where the run had no plan yet: its lock is gone when the state is repeated', async () => {
    const { context } = await failing();
    const request = { cluster: 'production', reason: 'test' };
    await assert.rejects(recordFailure({ ...context, tell: tellsNobody }, request), { name: 'AlertFailed' });
    await recordFailure(context, request);
    assert.deepEqual(
      context.told.map(({ backupId, component, manifest }) => ({ backupId, component, manifest })),
      [{ backupId: 7, component: 'Zeebe', manifest: answer.manifest }],
    );
  });

  test('stays in the ledger for the watchdog, and is gone from it when it is told', async () => {
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

  test('is in the ledger before its run gives the lock back, so that a run that dies then is told of by the watchdog', async () => {
    const { context } = await failing();
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
    store.before = () => undefined;
    await recordFailure(context);
    assert.equal(context.told.length, 1);
    assert.equal(counted(context, 'BackupFailed'), 1);
    assert.equal((await context.ledger.readMemory('production'))?.untold, undefined);
  });

  test('keeps no lock where it cannot be written down for the watchdog, and is told', async () => {
    const { context } = await failing();
    context.store.before = (write) => {
      if (write.endsWith('production/alerts.json')) throw new Error('The disk is full');
    };
    await recordFailure(context);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal(context.told.length, 1);
    assert.equal(counted(context, 'BackupFailed'), 1);
  });

  test('is an error within the time of the state also where the topic hangs', patience, async () => {
    const { context } = await failing();
    const time = new VirtualTime(context.clock.now());
    const began = time.now();
    const silent = { ...context, clock: time, tell: () => new Promise<never>(() => undefined) };
    await assert.rejects(recordFailure(silent), { name: 'AlertFailed' });
    assert(time.now() - began < 80_000);
  });

  test('is told where the ledger cannot say what was told before', async () => {
    const { context } = await failing();
    context.store.documents.set('production/alerts.json', '{');
    await recordFailure(context);
    assert.equal(context.told.length, 1);
    await assert.rejects(recordFailure({ ...context, tell: tellsNobody }), { name: 'AlertFailed' });
    assert.match(
      context.warnings.join(),
      /What people are to be told of production could not be written down/,
    );
  });
});

describe('RecordFailure tells people', () => {
  test('also where the lock cannot be read, and as the worst where exporting could not be resumed', async () => {
    for (const [more, kind] of [
      [{}, 'backupFailed'],
      [{ resumeFailure: { Error: 'ResumeUnwritten', Cause: 'no' } }, 'backupFailed'],
      [{ resumeFailure: { Error: 'ResumeFailed', Cause: 'no' } }, 'exportingLeftPaused'],
    ] as const) {
      const { context } = await complete();
      context.store.documents.set('production/lock.json', '{');
      const { outcome, failure } = (await recordFailure(context, { ...plan, ...more })) as Failed;
      assert.deepEqual([outcome, failure.Error], ['FAILED', failed.Error]);
      assert.match(failure.Cause, /^Zeebe was slow\. memory:production\/lock\.json is not a document/);
      assert.equal(context.told[0]?.kind, kind);
      assert.match(context.warnings.join(), /The failure could not be written down/);
    }
  });

  test('that it is not known whether the backup is complete, where its manifest cannot be read, and frees the lock', async () => {
    const { context } = await complete();
    context.store.documents.set(manifestKey, strange);
    const { failure } = (await recordFailure(context)) as Failed;
    const says =
      /^Zeebe was slow\. Whether the backup is complete is not known: memory:production.*manifest\.json/;
    assert.match(failure.Cause, says);
    assert.deepEqual([context.told.length, context.told[0]?.kind], [1, 'backupFailed']);
    assert.match(context.told[0]?.reason ?? '', says);
    assert.equal(context.store.documents.get(manifestKey), strange);
    assert.equal(await context.ledger.readLock('production'), undefined);
    // The same of a run that has given its lock back.
    const late = (await recordFailure(context)) as Failed;
    assert.deepEqual(late.failure, failure);
  });

  test('that exporting is left paused also where the manifest cannot be read, and keeps the lock', async () => {
    const { context } = await complete();
    await context.ledger.changeLock('production', run.runId, { resumedAt: undefined });
    context.store.documents.set(manifestKey, strange);
    await recordFailure(context);
    assert.deepEqual([context.told[0]?.kind, context.told[0]?.severity], ['exportingLeftPaused', 'CRITICAL']);
    assert.equal((await context.ledger.readLock('production'))?.runId, run.runId);
  });

  test('where exporting is left paused and the configuration cannot be read', async () => {
    const { context } = await complete();
    await context.ledger.changeLock('production', run.runId, { resumedAt: undefined });
    const config = tellsNobody;
    await recordFailure({ ...context, config });
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.match(context.told[0]?.remedy ?? '', /exporting\/resume/);
  });

  test('where the figures cannot be recorded', async () => {
    const { context } = await complete();
    const measure = () => {
      throw throttled();
    };
    await recordFailure({ ...context, measure });
    assert.equal(context.told.length, 1);
  });
});
