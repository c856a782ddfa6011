import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startExecution } from '../../cli/local/engine.ts';
import type { Observation } from '../../cli/screen/observation.ts';
import { pauseForBackup } from '../../core/backup/exporting.ts';
import { BackupError } from '../../core/errors.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { holdLock, manifest, plan, run, target } from '../core/backup/world.ts';
import { at, exportingOf } from '../core/fake-cluster.ts';
import { fakeHttp, type TestContext, testContext } from '../core/fakes.ts';
import { withoutWaits } from './definition.ts';

const yaml = `
ledger: { folder: ./ledger }
deployment: {}
clusters: { production: { zeebe: { url: "${at.zeebe}" } } }
`;
const failure = {
  Error: 'LedgerUnusable',
  Cause: 'Cannot write zeebe.json: ENOSPC.\nWhat to do: Free some space.',
};
const diskFull = (call: string) => {
  if (!/^(replace|write|create)/.test(call)) return;
  throw new BackupError('LedgerUnusable', `Cannot ${call}: ENOSPC.`, { remedy: 'Free some space.' });
};

/** A run that has paused exporting, and whose way back begins with a ledger that takes nothing. */
async function pausedOnFullDisk(whenSeen: (seen: Observation, context: TestContext) => void) {
  const broker = { phase: 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ yaml, http: fake.http });
  await holdLock(context);
  await context.ledger.createManifest(manifest);
  await pauseForBackup(run, target, context);
  context.clock.advance(60);
  context.store.before = diskFull;
  const called: string[] = [];
  const running = startExecution({
    procedure: backup,
    context,
    runId: run.runId,
    startAt: 'ResumeExportingAfterFailure',
    input: { ...plan, failure },
    observe: (seen) => {
      if (seen.type === 'called') called.push(seen.state);
      // A minute between one try and the next.
      if (seen.type === 'threw') context.clock.advance(60);
      whenSeen(seen, context);
    },
    ...withoutWaits,
  });
  const outcome = await running.result;
  return { outcome, called, broker, context };
}

test('A run whose resume cannot be written down ends soon, with its first error, and exporting is resumed', async () => {
  const { outcome, called, broker, context } = await pausedOnFullDisk(() => {});
  assert.equal(broker.phase, 'EXPORTING');
  assert(outcome.status === 'FAILED');
  assert.equal(outcome.error, 'LedgerUnusable');
  assert.match(outcome.cause, /zeebe\.json: ENOSPC/);
  // Nine times for 100 s, and not 54 times for 46 minutes.
  assert.equal(called.filter((state) => state === 'ResumeExportingAfterFailure').length, 9);
  // Whoever comes next finds the lock, and resumes once more.
  assert.equal((await context.ledger.readLock('production'))?.pause?.resumedAt, undefined);
});

test('A ledger that takes documents again when the failure is recorded gets the resume as of when it was seen first', async () => {
  const { outcome, context } = await pausedOnFullDisk((seen, { store }) => {
    if (seen.state === 'RecordFailure') store.before = () => {};
  });
  assert.equal(outcome.status, 'FAILED');
  const written = await context.ledger.readManifest('production', run.backupId);
  assert.equal(written?.state, 'FAILED');
  assert.equal(written.exporting.leftPaused, false);
  assert.equal(written.exporting.resumedAt, '2026-11-21T09:01:00.000Z');
  assert.equal(written.exporting.resumeProof, 'proven');
  assert.equal(await context.ledger.readLock('production'), undefined);
  assert.deepEqual(
    context.told.map(({ kind, severity }) => ({ kind, severity })),
    [{ kind: 'backupFailed', severity: 'WARNING' }],
  );
});

test('A function that has not seen the resume itself writes it down as answered, not as proven', async () => {
  const { context } = await pausedOnFullDisk((seen, given) => {
    if (seen.state !== 'RecordFailure') return;
    given.store.before = () => {};
    given.unwritten.clear();
  });
  const written = await context.ledger.readManifest('production', run.backupId);
  assert.equal(written?.exporting.leftPaused, false);
  assert.equal(written.exporting.resumeProof, 'answered');
});
