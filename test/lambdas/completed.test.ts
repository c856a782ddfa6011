import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { holdLock, manifest, plan, run } from '../core/backup/world.ts';
import type { TestContext } from '../core/fakes.ts';
import { writeManifest } from '../support/write-manifest.ts';
import { call } from './call.ts';
import {
  answer,
  complete,
  completeBackup,
  counted,
  failed,
  patience,
  recordFailure,
  tellsNobody,
  throttled,
} from './complete-run.ts';

describe('what comes after COMPLETED changes nothing', () => {
  for (const { where, broken, warning } of [
    {
      where: 'people cannot be told',
      broken: { tell: tellsNobody },
      warning: /could not be told that the backup 7 is complete: Rate/,
    },
    {
      where: 'no event can be sent',
      broken: { publish: tellsNobody },
      warning: /The event "Backup Completed" could not be sent: Rate exceeded/,
    },
    {
      where: 'the figures cannot be recorded',
      broken: {
        measure: () => {
          throw throttled();
        },
      },
      warning: /The figures could not be recorded: Rate exceeded/,
    },
    {
      where: 'the monitor cannot be called',
      broken: {
        http: async () => {
          throw throttled();
        },
      },
      warning: /The ping URL could not be called: Rate exceeded/,
    },
    {
      where: 'the configuration cannot be read',
      broken: {
        config: async () => {
          throw throttled();
        },
      },
      warning: /The configuration could not be read: Rate exceeded/,
    },
  ]) {
    test(`CompleteBackup answers with the complete backup, and warns, where ${where}`, async () => {
      const { context } = await complete();
      assert.deepEqual(await completeBackup({ ...context, ...broken }), answer);
      assert.equal((await context.ledger.readManifest('production', 7))?.state, 'COMPLETED');
      assert.equal(await context.ledger.readLock('production'), undefined);
      assert.match(context.warnings.join(), warning);
    });
  }

  test(
    'CompleteBackup ends within its time, and the lock is free at once, where nobody and nothing answers',
    async () => {
      const { context } = await complete();
      const time = new VirtualTime(context.clock.now());
      const began = time.now();
      const never = () => new Promise<never>(() => undefined);
      const silent = { ...context, clock: time, tell: never, publish: never, http: never };
      let lock: unknown = 'not looked at';
      silent.measure = () => {
        lock = context.store.documents.get('production/lock.json');
      };
      assert.deepEqual(await completeBackup(silent), answer);
      assert.match(String(lock), /"releasedBy": "run-1"/);
      const seconds = (time.now() - began) / 1000;
      assert(seconds < 80, `${seconds} s, and the function has 80`);
      assert.equal(context.warnings.length, 3, context.warnings.join());
    },
    patience,
  );

  test(
    'CompleteBackup answers also where the ledger hangs when the lock is given back',
    async () => {
      const { context } = await complete();
      const time = new VirtualTime(context.clock.now());
      const ledger = { ...context.ledger, release: () => new Promise<never>(() => undefined) };
      assert.deepEqual(await completeBackup({ ...context, clock: time, ledger }), answer);
      assert.match(context.warnings.join(), /The lock of production could not be released/);
    },
    patience,
  );

  test('A complete backup is told with its figures and its ping', async () => {
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
  for (const { when, before } of [
    { when: 'when the lock is free', before: async () => undefined },
    { when: 'while the lock is still held', before: (context: TestContext) => holdLock(context) },
  ]) {
    test(`RecordFailure says that the backup is complete, and tells nobody of a failure, ${when}`, async () => {
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

  test('RecordFailure finds a backup complete also when COMPLETED is written in the moment in which it writes FAILED', async () => {
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

  test('RecordFailure of an earlier try tells nobody where its run has gone on and is complete', async () => {
    const { context } = await complete();
    const first = { ...plan, attempts: 2, run: { ...run, backupId: 6 } };
    await context.ledger.createManifest({ ...manifest, backupId: 6, state: 'FAILED' });
    await completeBackup(context);
    context.told.length = 0;
    const leaderChange = { Error: 'ComponentBackupInterrupted', Cause: 'There was a leader change' };
    assert.match(JSON.stringify(await recordFailure(context, first, leaderChange)), /"outcome":"TRY_AGAIN"/);
    assert.deepEqual(context.told, []);
    assert.equal(counted(context, 'BackupFailed'), 0);
  });

  test('RecordFailure says FAILED where the complete backup under the id of its run is that of another run', async () => {
    const { context } = await complete();
    await writeManifest(context.ledger, { ...manifest, runId: 'run-0', state: 'COMPLETED' });
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

  test('RecordFailure does not take the complete backup of another run for that of its own', async () => {
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
