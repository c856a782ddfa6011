import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { BackupError } from '../../core/errors.ts';
import { functions } from '../../lambdas/backup/index.ts';
import { splitRemedy } from '../../lambdas/carried-error.ts';
import { handler } from '../../lambdas/handler.ts';
import { failedComponent } from '../core/backup/failed-component.ts';
import { entryOf, manifest, pauseOf, run, target } from '../core/backup/world.ts';
import { at } from '../core/fake-cluster.ts';
import { json, testContext } from '../core/fakes.ts';
import { writeManifest } from '../support/write-manifest.ts';
import { call, setUp, thrownByCall } from './call.ts';
import { limits, records, zeebe } from './inputs.ts';

const stateOf = (output: unknown) => /"state":"(\w+)"/.exec(JSON.stringify(output))?.[1];

describe('each function alone', () => {
  test('PrepareBackup answers with a plan', async () => {
    const { context } = await setUp();
    await context.ledger.release('production', run.runId);
    const plan = await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-2' }, context);
    assert.match(JSON.stringify(plan), /"outcome":"PLANNED".*"reason":"manual"/);
  });

  test('PrepareBackup skips the backup where another run is at work', async () => {
    const { context } = await setUp();
    const skipped = await call(
      'PrepareBackup',
      { request: { cluster: 'production' }, runId: 'run-2' },
      context,
    );
    assert.match(JSON.stringify(skipped), /"outcome":"SKIPPED"/);
  });

  test('PauseExporting answers with the time and the proof of the pause, ResumeExporting with its proof', async () => {
    const { context } = await setUp();
    assert.deepEqual(await call('PauseExporting', { run, target }, context), {
      pausedAt: '2026-11-21T09:00:00.000Z',
      pauseProof: 'proven',
    });
    assert.deepEqual(await call('ResumeExporting', { run, target }, context), { resumed: 'proven' });
  });

  test('StartComponentBackup and CheckComponentBackup answer with their input and the newest progress', async () => {
    const { fake, context } = await setUp();
    await call('PauseExporting', { run, target }, context);
    fake.replies[`POST ${at.zeebe}/actuator/backupRuntime`] = json(202, { message: 'scheduled' });
    const input = { run, target: zeebe, limits };
    const started = await call('StartComponentBackup', input, context);
    assert.deepEqual(started, {
      ...input,
      progress: {
        state: 'IN_PROGRESS',
        startedAt: '2026-11-21T09:00:00.000Z',
        nextCheckAt: '2026-11-21T09:00:01.000Z',
        partsDone: 0,
      },
    });
    const details = [1, 2, 3].map((partitionId) => ({ partitionId, state: 'COMPLETED' }));
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime/7`] = [
      json(404, { message: 'Backup with id 7 does not exist' }),
      json(200, { backupId: 7, state: 'COMPLETED', details }),
    ];
    const running = await call('CheckComponentBackup', started, context);
    assert.equal(stateOf(running), 'IN_PROGRESS');
    assert.equal(stateOf(await call('CheckComponentBackup', running, context)), 'COMPLETED');
    assert((await context.ledger.readLock('production'))?.pause?.heldAt);
  });

  test('StartRecordsBackup and CheckRecordsBackup close every search engine that they open', async () => {
    const { search, context } = await setUp();
    const started = await call('StartRecordsBackup', { run, target: records, limits }, context);
    assert.equal(search.created[0]?.name, 'camunda_zeebe_records_backup_7');
    assert.equal(stateOf(await call('CheckRecordsBackup', started, context)), 'IN_PROGRESS');
    const snapshot = await search.snapshot('camunda', 'camunda_zeebe_records_backup_7');
    assert(snapshot);
    snapshot.state = 'SUCCESS';
    assert.equal(stateOf(await call('CheckRecordsBackup', started, context)), 'COMPLETED');
    // One for each call, and one for each count of the shards: before the start, and after the snapshot.
    assert.equal(search.opened, 5);
    assert.equal(search.closed, 5);
  });

  test('CompleteBackup says where the manifest is', async () => {
    const { context } = await setUp();
    const request = { cluster: 'production', backupId: 7 };
    const plan = await call('PrepareBackup', { request, runId: 'run-1' }, context);
    assert(plan);
    const manifest = await context.ledger.readManifest('production', 7);
    assert(manifest);
    await writeManifest(context.ledger, { ...manifest, expectedComponents: [] });
    const heldAt = '2026-11-21T09:00:00.000Z';
    const over = { heldAt, resumedAt: heldAt };
    await context.ledger.changeLock('production', run.runId, pauseOf(over));
    assert.deepEqual(await call('CompleteBackup', { run }, context), {
      backupId: 7,
      cluster: 'production',
      state: 'COMPLETED',
      manifest: 'memory:production/backups/7/manifest.json',
    });
  });

  test('DeleteFailedBackup deletes what the failed backup has left, and names the components', async () => {
    const { fake, context } = await setUp();
    await context.ledger.createManifest({ ...manifest, state: 'FAILED' });
    await context.ledger.createEntry('production', 7, entryOf('zeebe', { state: 'FAILED' }));
    const gone = `DELETE ${at.zeebe}/actuator/backupRuntime/7`;
    fake.replies[gone] = json(204, '');
    assert.deepEqual(await call('DeleteFailedBackup', { run, targets: [records, zeebe] }, context), {
      deleted: ['zeebe'],
    });
    assert.deepEqual(fake.calls(), [gone]);
  });
});

describe('a wrong input', () => {
  const runId = 'run-1';
  const wrong: { name: string; input: unknown; says: RegExp }[] = [
    { name: 'PrepareBackup', input: { request: {}, runId }, says: /request\.cluster/ },
    { name: 'PrepareBackup', input: { request: { cluster: 'production', id: 7 }, runId }, says: /"id"/ },
    {
      name: 'PrepareBackup',
      input: { request: { cluster: 'production', backupId: -1 }, runId },
      says: /backupId/,
    },
    { name: 'PauseExporting', input: { run }, says: /target/ },
    { name: 'ResumeExporting', input: { run: { ...run, backupId: '7' }, target }, says: /run\.backupId/ },
    {
      name: 'StartComponentBackup',
      input: { run, target: { ...zeebe, component: 'console' }, limits },
      says: /target\.component/,
    },
    { name: 'CheckComponentBackup', input: { run, target: zeebe, limits }, says: /progress/ },
    { name: 'StartRecordsBackup', input: { run, target: zeebe, limits }, says: /target/ },
    {
      name: 'CheckRecordsBackup',
      input: { run, target: records, limits: {}, progress: {} },
      says: /limits\.patienceSeconds/,
    },
    {
      name: 'CheckComponentBackup',
      input: { run, target: zeebe, limits: { ...limits, maxPauseSeconds: '1h' } },
      says: /maxPauseSeconds/,
    },
    { name: 'CompleteBackup', input: {}, says: /run/ },
    {
      name: 'PrepareBackup',
      input: { request: { cluster: 'production', attempt: 0 }, runId },
      says: /request\.attempt/,
    },
    { name: 'DeleteFailedBackup', input: { run }, says: /targets/ },
    {
      name: 'DeleteFailedBackup',
      input: { run, targets: [{ ...zeebe, component: 'console' }] },
      says: /targets\[0\]/,
    },
    {
      name: 'DeleteFailedBackup',
      input: { run: { ...run, backupId: 0 }, targets: [] },
      says: /run\.backupId/,
    },
    { name: 'RecordFailure', input: { state: { cluster: 'production' }, runId }, says: /state\.failure/ },
    {
      name: 'RecordFailure',
      input: { state: { cluster: 'production', failure: { Error: 'X' } } },
      says: /runId/,
    },
  ];
  for (const { name, input, says } of wrong) {
    test(`${name} refuses a wrong input before it does anything, and names ${says.source}`, async () => {
      const { fake, context } = await setUp();
      const writes = context.store.changes.length;
      const error = await thrownByCall(name, input, context);
      assert.equal(error.name, 'ConfigurationError');
      assert.match(error.message, /^The input of this state is wrong:\n/);
      assert.match(error.message, says);
      assert.deepEqual(fake.calls(), []);
      assert.equal(context.store.changes.length, writes);
    });
  }

  test('Every function refuses an input that is not an object with its fields', async () => {
    for (const [name, { work }] of Object.entries(functions)) {
      for (const input of [undefined, null, 7, 'text', [], {}]) {
        const { context } = await setUp();
        await assert.rejects(work(input, context), { name: 'ConfigurationError' }, `${name} ${input}`);
      }
    }
  });
});

describe('an error', () => {
  const throwing = (error: Error) =>
    handler(z.unknown(), async () => {
      throw error;
    });

  test('An error travels by name, and its remedy is split from its message again', async () => {
    const original = new BackupError('PauseFailed', 'It did not pause', { remedy: 'Look at the broker.' });
    const [result] = await Promise.allSettled([throwing(original)({}, testContext())]);
    assert(result.status === 'rejected' && result.reason instanceof Error);
    assert.equal(result.reason.name, 'PauseFailed');
    assert.deepEqual(splitRemedy(result.reason.message), {
      message: 'It did not pause',
      remedy: 'Look at the broker.',
    });
  });

  test('An error without a known remedy travels with its message as it is', async () => {
    const [result] = await Promise.allSettled([
      throwing(new BackupError('Interrupted', 'Somebody has it'))({}, testContext()),
    ]);
    assert(result.status === 'rejected' && result.reason instanceof Error);
    assert.deepEqual(splitRemedy(result.reason.message), { message: 'Somebody has it' });
  });

  for (const { error, remedy } of [
    {
      error: new BackupError('VerificationFailed', 'Not seen complete: Zeebe'),
      remedy: /start a new backup/,
    },
    {
      error: new BackupError('LedgerError', 'The lock kept changing while it was written'),
      remedy: /something else changes/,
    },
    {
      error: failedComponent('leader change'),
      remedy: /lost its leadership/,
    },
    {
      error: failedComponent('no word'),
      remedy: /See the log of this component/,
    },
    {
      error: new BackupError('VerificationFailed', 'leader change', { remedy: 'Its own.' }),
      remedy: /^Its own\.$/,
    },
  ]) {
    test(`${error.name} ("${error.message}") travels with the remedy ${remedy.source}`, async () => {
      const [result] = await Promise.allSettled([throwing(error)({}, testContext())]);
      assert(result.status === 'rejected' && result.reason instanceof Error);
      assert.match(splitRemedy(result.reason.message).remedy ?? '', remedy);
    });
  }

  test('An error that is a bug keeps its own name', async () => {
    await assert.rejects(throwing(new TypeError('a bug'))({}, testContext()), TypeError);
  });
});
