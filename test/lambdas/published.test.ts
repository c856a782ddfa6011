import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { manifest, pauseOf, plan, run } from '../core/backup/world.ts';
import type { TestContext } from '../core/fakes.ts';
import { call, setUp } from './call.ts';
import { answer, complete, completeBackup, failed, recordFailure, tellsNobody } from './complete-run.ts';

const typesOf = ({ events }: TestContext) => events.map(({ type }) => type);
const resumed = { how: 'proven' };
const failure = { error: 'ComponentTimedOut', cause: 'Zeebe was slow' };

describe('The events of a backup', () => {
  test('PrepareBackup says that a backup starts, with the id and the place of the manifest', async () => {
    const { context } = await setUp();
    await context.ledger.release('production', run.runId);
    await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-2' }, context);
    const [started, ...others] = context.events;
    assert.deepEqual(others, []);
    assert.equal(started?.type, 'Backup Started');
    const { backupId, manifest, ...rest } = started.detail;
    assert.deepEqual(rest, { cluster: 'production', run: 'run-2', reason: 'manual', attempt: 1 });
    assert.equal(manifest, context.ledger.manifestLocation('production', backupId));
  });

  test('PrepareBackup says that it skips a backup, and why', async () => {
    const { context } = await setUp();
    await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-2' }, context);
    assert.deepEqual(context.events, [
      {
        type: 'Backup Skipped',
        detail: {
          cluster: 'production',
          run: 'run-2',
          reason: 'manual',
          cause: 'the run run-1 has held the lock of production since 2026-11-21T09:00:00.000Z',
        },
      },
    ]);
  });

  test('CompleteBackup says that a backup is complete, and how long it took and paused exporting', async () => {
    const { context } = await complete();
    context.clock.advance(90);
    await context.ledger.changeLock(
      'production',
      run.runId,
      pauseOf({
        pausedAt: '2026-11-21T09:00:02.000Z',
        heldAt: '2026-11-21T09:01:00.000Z',
        resumedAt: '2026-11-21T09:01:01.000Z',
        resumeProof: 'proven',
      }),
    );
    await completeBackup(context);
    assert.deepEqual(context.events, [
      {
        type: 'Backup Completed',
        detail: {
          cluster: 'production',
          run: 'run-1',
          backupId: 7,
          manifest: answer.manifest,
          reason: 'test',
          durationSeconds: 90,
          pausedSeconds: 59,
          warnings: (await context.ledger.readManifest('production', 7))?.warnings.length,
        },
      },
    ]);
  });

  test('RecordFailure says that a backup has failed, with the first error and what is known of the backup', async () => {
    const { context } = await complete();
    await recordFailure(context, { ...plan, resumed });
    assert.deepEqual(context.events, [
      {
        type: 'Backup Failed',
        detail: {
          cluster: 'production',
          run: 'run-1',
          backupId: 7,
          manifest: answer.manifest,
          reason: 'test',
          durationSeconds: 0,
          pausedSeconds: 59,
          exportingLeftPaused: false,
          ...failure,
        },
      },
    ]);
  });

  test('A run that failed before it had an id is an event without one', async () => {
    const { context } = await setUp();
    await context.ledger.release('production', run.runId);
    const request = { cluster: 'production', reason: 'test' };
    await recordFailure(context, request);
    assert.deepEqual(context.events, [
      {
        type: 'Backup Failed',
        detail: { cluster: 'production', run: 'run-1', exportingLeftPaused: false, ...failure },
      },
    ]);
  });

  test('A failure that leaves exporting paused is two events: that of the pause, and the end of the run', async () => {
    const { context } = await complete();
    await context.ledger.changeLock('production', run.runId, {
      ...pauseOf({ pausedAt: '2026-11-21T09:00:02.000Z' }),
    });
    await recordFailure(context);
    assert.deepEqual(typesOf(context), ['Exporting Left Paused', 'Backup Failed']);
    const [paused, ended] = context.events;
    assert(paused?.type === 'Exporting Left Paused' && ended?.type === 'Backup Failed');
    assert.equal(paused.detail.backupId, 7);
    assert.match(paused.detail.cause, /^Exporting could not be resumed/);
    assert.match(paused.detail.remedy ?? '', /curl -X POST http:\S+\/actuator\/exporting\/resume /);
    assert.equal(ended.detail.exportingLeftPaused, true);
  });

  test('A failure that another try follows is no event: the run has not ended', async () => {
    const { context } = await complete();
    await context.ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'FAILED' }));
    const passing = { Error: 'ComponentBackupInterrupted', Cause: 'A leader changed' };
    const output = await recordFailure(context, { ...plan, attempts: 2, resumed }, passing);
    assert.match(JSON.stringify(output), /"TRY_AGAIN"/);
    assert.deepEqual(context.events, []);
  });

  test('A failure that came after COMPLETED is the event of a complete backup', async () => {
    const { context } = await complete();
    await completeBackup(context);
    await recordFailure(context, { ...plan, resumed });
    assert.deepEqual(typesOf(context), ['Backup Completed', 'Backup Completed']);
  });

  test('No event says of a backup whose manifest cannot be read that it failed, because it may be complete', async () => {
    const { context } = await complete();
    const strange = JSON.stringify({ ...manifest, state: 'COMPLETED', aFieldOfTheNextVersion: true });
    context.store.documents.set('production/backups/7/manifest.json', strange);
    await recordFailure(context, { ...plan, resumed });
    assert.deepEqual(
      context.told.map(({ kind }) => kind),
      ['backupNotKnown'],
    );
    assert.deepEqual(context.events, []);
  });

  test('Other programs get the event of a failure once, although people cannot be told and it is repeated', async () => {
    const { context } = await complete();
    const silent = { ...context, tell: tellsNobody };
    for (let times = 0; times < 3; times += 1) {
      await assert.rejects(recordFailure(silent, { ...plan, resumed }), { name: 'AlertFailed' });
    }
    assert.deepEqual(typesOf(context), ['Backup Failed']);
  });

  test('An event that cannot be sent changes nothing about a failure: people are told, and the answer is the same', async () => {
    const { context } = await complete();
    const output = await recordFailure({ ...context, publish: tellsNobody }, { ...plan, resumed });
    assert.deepEqual(output, { outcome: 'FAILED', failure: failed });
    assert.deepEqual(
      context.told.map(({ kind }) => kind),
      ['backupFailed'],
    );
    assert.match(context.warnings.join(), /The event "Backup Failed" could not be sent: Rate exceeded/);
  });
});
