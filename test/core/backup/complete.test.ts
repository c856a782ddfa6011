import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { completeBackup } from '../../../core/backup/complete.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { failureOf } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { held, heldAt, paused, resumed, setUp, stateIn } from './finish-world.ts';
import { entryOf, holdLock, manifest, pauseOf, run } from './world.ts';

describe('A backup that is COMPLETED', () => {
  test('A completed backup has every component in its manifest, and the lock is free', async () => {
    const context = await setUp();
    const completed = await completeBackup(run, context);
    assert.equal(completed.state, 'COMPLETED');
    assert.equal(completed.endedAt, '2026-11-21T09:10:00.000Z');
    assert.deepEqual(completed.components.map(({ component }) => component).sort(), ['operate', 'zeebe']);
    assert.deepEqual(completed.exporting, {
      pausedAt: paused.pausedAt,
      pauseHeldAt: held.heldAt,
      ...resumed,
      leftPaused: false,
    });
    assert.deepEqual(completed.warnings, []);
    assert.deepEqual(await context.ledger.readManifest('production', 7), completed);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  for (const { what, seen } of [
    { what: 'where not every partition could be read', seen: { ...heldAt, heldProof: 'answered' } },
    { what: 'where an earlier version did not write down what it read', seen: heldAt },
  ] as const) {
    test(`A completed backup has a warning instead of pauseHeldAt ${what}`, async () => {
      const context = await setUp({ lock: pauseOf({ ...paused, ...seen, ...resumed }) });
      const { state, exporting, warnings } = await completeBackup(run, context);
      assert.equal(state, 'COMPLETED');
      assert.equal(exporting.pauseHeldAt, undefined);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? '',
        /^Whether exporting stayed paused until Zeebe’s backup was complete is not known, .* at http:\S+\. Configure all brokers in zeebe\.brokers$/,
      );
    });
  }

  for (const { what, said, expected } of [
    { what: 'that all brokers said', said: ['8.6.4', '8.6.4'], expected: '8.6.4' },
    { what: 'that was known before, where the brokers differ', said: ['8.6.4', '8.6.5'], expected: '8.6' },
    {
      what: 'that was known before, where one broker does not say',
      said: ['8.6.4', undefined],
      expected: '8.6',
    },
    { what: 'that was known before, where no broker says it', said: [], expected: '8.6' },
  ] as const) {
    test(`A completed backup has the version of Zeebe ${what}`, async () => {
      const parts = said.map((brokerVersion, index) => ({
        name: `partition ${index + 1}`,
        state: 'COMPLETED',
        brokerVersion,
      }));
      const context = await setUp({ entries: [entryOf('operate'), entryOf('zeebe', { parts })] });
      await writeManifest(context.ledger, { ...manifest, camundaVersion: '8.6' });
      assert.equal((await completeBackup(run, context)).camundaVersion, expected);
    });
  }

  test('A completed backup of another version than the file says has a warning, and the version of the brokers', async () => {
    const completed = async (configuredVersion: string, ...said: string[]) => {
      const parts = said.map((brokerVersion, index) => ({
        name: `partition ${index + 1}`,
        state: 'COMPLETED',
        brokerVersion,
      }));
      const context = await setUp({ entries: [entryOf('operate'), entryOf('zeebe', { parts })] });
      await writeManifest(context.ledger, { ...manifest, configuredVersion, warnings: ['an earlier one'] });
      const { camundaVersion, warnings } = await completeBackup(run, context);
      return { camundaVersion, warnings };
    };
    assert.deepEqual(await completed('8.9', '8.8.0', '8.8.0'), {
      camundaVersion: '8.8.0',
      warnings: [
        'an earlier one',
        'The configuration says Camunda 8.9 (`version`), but the brokers took this backup in 8.8.0. Correct `version`, or remove it',
      ],
    });
    assert.deepEqual(await completed('8.8', '8.8.0'), {
      camundaVersion: '8.8.0',
      warnings: ['an earlier one'],
    });
    assert.deepEqual(await completed('8.8'), { camundaVersion: undefined, warnings: ['an earlier one'] });
  });

  test('A backup is completed once: a second call changes nothing', async () => {
    const context = await setUp();
    const completed = await completeBackup(run, context);
    context.clock.advance(60);
    const writes = context.store.changes.length;
    assert.deepEqual(await completeBackup(run, context), completed);
    assert.equal(context.store.changes.length, writes);
  });

  test('A backup is completed also when its lock cannot be given back, which the next call does', async () => {
    const context = await setUp();
    context.store.before = (call) => {
      if (call === 'replace production/lock.json') ledgerTrouble(call);
    };
    assert.equal((await completeBackup(run, context)).state, 'COMPLETED');
    assert.equal(await stateIn(context), 'COMPLETED');
    assert.match(context.warnings.join(), /The lock of production could not be released/);
    context.store.before = () => undefined;
    await completeBackup(run, context);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A manifest that is marked FAILED while it is being completed stays FAILED', async () => {
    const context = await setUp();
    const repaired: Promise<void>[] = [];
    context.store.before = (call) => {
      // Somebody repairs between the reading of the manifest and its writing.
      if (!call.includes('components')) return;
      context.store.before = () => undefined;
      repaired.push(writeManifest(context.ledger, { ...manifest, state: 'FAILED' }));
    };
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'FAILED');
  });
});

describe('A backup that is not COMPLETED', () => {
  for (const { what, entries, missing } of [
    {
      what: 'without an entry of a component',
      entries: [entryOf('operate')],
      missing: /Not seen complete: Zeebe$/,
    },
    {
      what: 'while a component is only started',
      entries: [entryOf('operate', { state: 'STARTED' }), entryOf('zeebe')],
      missing: /Not seen complete: Operate$/,
    },
    {
      what: 'when a component failed',
      entries: [entryOf('operate', { state: 'FAILED' }), entryOf('zeebe', { state: 'REQUESTED' })],
      missing: /Not seen complete: Operate, Zeebe$/,
    },
    {
      what: 'with an entry of another run',
      entries: [entryOf('operate', { runId: 'run-0' }), entryOf('zeebe')],
      missing: /Not seen complete: Operate$/,
    },
  ] as const) {
    test(`A backup is not completed ${what}`, async () => {
      const context = await setUp({ entries: [...entries] });
      const error = await failureOf(completeBackup(run, context));
      assert.equal(error.name, 'VerificationFailed');
      assert.match(error.message, missing);
      assert.equal(await stateIn(context), 'RUNNING');
    });
  }

  test('A backup is not completed where it was not read back that exporting was paused until the end', async () => {
    const context = await setUp({ lock: pauseOf({ ...paused, ...resumed }) });
    const error = await failureOf(completeBackup(run, context));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /not known that exporting was paused all the while/);
    assert.equal(await stateIn(context), 'RUNNING');
  });

  test('A backup is not completed by a late call while the next try of the run is at work', async () => {
    const context = await setUp();
    await context.ledger.changeLock('production', run.runId, { backupId: 8, attempt: 2 });
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'RUNNING');
    assert.equal((await context.ledger.readLock('production'))?.backupId, 8);
  });

  test('A backup is not completed while exporting may still be paused', async () => {
    const context = await setUp({
      lock: pauseOf({ ...paused, ...held }),
    });
    const error = await failureOf(completeBackup(run, context));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /not known to be resumed/);
  });

  test('A backup is not completed by a run that lost its lock', async () => {
    const context = await setUp();
    await context.ledger.release('production', run.runId);
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    await holdLock(context, 'run-2');
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'RUNNING');
  });

  test('A backup is not completed after it was marked FAILED', async () => {
    const context = await setUp();
    await writeManifest(context.ledger, { ...manifest, state: 'FAILED' });
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'FAILED');
  });

  test('A backup is not completed under the manifest of another run', async () => {
    const context = await setUp();
    await writeManifest(context.ledger, { ...manifest, runId: 'run-0' });
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LedgerCorrupt');
  });
});
