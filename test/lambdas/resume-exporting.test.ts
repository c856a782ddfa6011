import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseForBackup } from '../../core/backup/exporting.ts';
import { holdLock, run, target } from '../core/backup/world.ts';
import { at, exportingOf } from '../core/fake-cluster.ts';
import { fakeHttp, someOwner, type TestContext, testContext } from '../core/fakes.ts';
import { ledgerTrouble } from '../core/memory-store.ts';
import { thrownByCall } from './call.ts';

const key = 'production/lock.json';
const newer = {
  format: 3,
  cluster: 'production',
  runId: run.runId,
  purpose: 'backup',
  owner: someOwner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
  backupId: run.backupId,
  aFieldOfTheNextVersion: true,
};
const lies = (text: object | string) => (context: TestContext) => {
  context.store.documents.set(key, typeof text === 'string' ? text : JSON.stringify(text));
};
const fails = (calls: RegExp) => (context: TestContext) => {
  context.store.before = (call) => {
    if (calls.test(call)) ledgerTrouble(call);
  };
};

/** A run that has paused exporting, and whose lock is then what `happens` makes of it. */
async function pausedAnd(happens: (context: TestContext) => void) {
  const broker = { phase: 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ http: fake.http });
  await holdLock(context);
  await pauseForBackup(run, target, context);
  happens(context);
  const text = context.store.documents.get(key);
  const error = await thrownByCall('ResumeExporting', { run, target }, context);
  assert.equal(context.store.documents.get(key), text);
  return { error, phase: broker.phase };
}

describe('ResumeExporting and a lock that it cannot read', () => {
  for (const { what, happens, name } of [
    { what: 'is damaged', happens: lies('{'), name: 'ResumeUnwritable' },
    { what: 'has a later format', happens: lies(newer), name: 'ResumeUnwritable' },
    {
      what: 'has a later format and no owner',
      happens: lies({ ...newer, owner: 7 }),
      name: 'ResumeUnwritable',
    },
    {
      what: 'is of a later format and free',
      happens: lies({ format: 3, releasedBy: 'run-0' }),
      name: 'ResumeUnwritable',
    },
    {
      what: 'is its own in a later format, with another form of the id, the owner and the purpose',
      happens: lies({ ...newer, backupId: String(run.backupId), owner: 7, purpose: 'another' }),
      name: 'ResumeUnwritable',
    },
    {
      what: 'is its own and names no backup',
      happens: lies({ ...newer, backupId: [] }),
      name: 'ResumeUnwritable',
    },
    { what: 'cannot be asked for', happens: fails(/lock/), name: 'ResumeUnwritten' },
  ]) {
    test(`ResumeExporting resumes where its input says, if the lock ${what}, and leaves the lock as it is`, async () => {
      const { error, phase } = await pausedAnd(happens);
      assert.equal(phase, 'EXPORTING');
      assert.equal(error.name, name);
      assert.match(error.message, /^Exporting is resumed \(read back on every partition\)/);
    });
  }

  for (const { what, happens, holder = 'run-2 holds it now for the backup 7' } of [
    {
      what: 'another run holds it for a restore',
      happens: lies({
        ...newer,
        format: 2,
        runId: 'run-2',
        purpose: 'restore',
        aFieldOfTheNextVersion: undefined,
      }),
    },
    {
      what: 'another run holds it for a restore, in a later format',
      happens: lies({ ...newer, runId: 'run-2', purpose: 'restore' }),
    },
    {
      what: 'another run holds it for a backup, in a later format',
      happens: lies({ ...newer, runId: 'run-2' }),
    },
    {
      what: 'the next try of this run holds it, in a later format',
      happens: lies({ ...newer, backupId: 8 }),
      holder: 'run-1 holds it now for the backup 8',
    },
    {
      what: 'another run holds it for a backup, and its owner is of a kind that only a later version knows',
      happens: lies({ ...newer, runId: 'run-2', owner: { kind: 'pod' } }),
    },
    {
      what: 'the next try of this run holds it, and its owner is of a kind that only a later version knows',
      happens: lies({ ...newer, backupId: '8', owner: { kind: 'pod' } }),
      holder: 'run-1 holds it now for the backup 8',
    },
    {
      what: 'another run holds it, and nothing else in it can be read',
      happens: lies({ runId: 'run-2' }),
      holder: 'run-2 holds it now',
    },
    {
      what: 'it is kept for a restore of which not even the owner can be read',
      happens: lies({ ...newer, runId: 'run-2', purpose: 'restore', owner: 7 }),
    },
  ]) {
    test(`ResumeExporting sends nothing if ${what}: that run may need the pause, or a cluster that stands still`, async () => {
      const { error, phase } = await pausedAnd(happens);
      assert.equal(phase, 'SOFT_PAUSED');
      assert.equal(error.name, 'LockLost');
      assert.match(error.message, new RegExp(`any more: ${holder}$`, 'm'));
    });
  }
});
