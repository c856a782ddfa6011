import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startExecution } from '../../cli/local/engine.ts';
import { pauseForBackup } from '../../core/backup/exporting.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { holdLock, manifest, plan, run, target } from '../core/backup/world.ts';
import { at, exportingOf } from '../core/fake-cluster.ts';
import { fakeHttp, someOwner, testContext } from '../core/fakes.ts';
import { withoutWaits } from './definition.ts';

const yaml = `
ledger: { folder: ./ledger }
deployment: {}
clusters: { production: { zeebe: { url: "${at.zeebe}" } } }
`;
const failure = { Error: 'ComponentTimedOut', Cause: 'It took too long.' };

/** The way back of a run that has paused exporting, and that finds this text where its lock was. */
async function wayBack(text: string) {
  const broker = { phase: 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ yaml, http: fake.http });
  await holdLock(context);
  await context.ledger.createManifest(manifest);
  await pauseForBackup(run, target, context);
  context.store.documents.set('production/lock.json', text);
  const sent = fake.requests.length;
  const running = startExecution({
    context,
    runId: run.runId,
    procedure: backup,
    startAt: 'ResumeExportingAfterFailure',
    input: { ...plan, failure },
    observe: () => undefined,
    ...withoutWaits,
  });
  const outcome = await running.result;
  assert.equal(context.store.documents.get('production/lock.json'), text);
  return { outcome, broker, sent: fake.requests.slice(sent), context };
}

const foreign = {
  cluster: 'production',
  owner: someOwner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:30:00.000Z',
  backupId: 7,
};

test('A run that cannot read its lock any more resumes exporting all the same, and ends with its first error', async () => {
  for (const text of ['{', JSON.stringify({ ...foreign, format: 3, runId: run.runId, purpose: 'backup' })]) {
    const { outcome, broker, context } = await wayBack(text);
    assert.equal(broker.phase, 'EXPORTING');
    assert(outcome.status === 'FAILED');
    assert.equal(outcome.error, failure.Error);
    assert.notDeepEqual(context.told, []);
  }
});

test('A run whose lock another one has taken for a restore sends nothing on its way back, also in a later format', async () => {
  for (const format of [2, 3]) {
    const text = JSON.stringify({ ...foreign, format, runId: 'restore-1', purpose: 'restore' });
    const { outcome, broker, sent } = await wayBack(text);
    assert.equal(outcome.status, 'FAILED');
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(sent, []);
  }
});
