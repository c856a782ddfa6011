import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { completeBackup } from '../../../core/backup/complete.ts';
import { pauseForBackup, requirePauseHeld, resumeAfterBackup } from '../../../core/backup/exporting.ts';
import { BackupError } from '../../../core/errors.ts';
import { at, phases } from '../fake-cluster.ts';
import { failureOf, json, noAnswer } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { exporting } from '../recorded.ts';
import { lockIn, nextTry, partitions, pause, paused, resume, setUp } from './exporting-world.ts';
import { manifest, run, target } from './world.ts';

describe('The resume after a backup', () => {
  test('A resume is read back and written down', async () => {
    const { broker, context } = await paused();
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal(broker.phase, 'EXPORTING');
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.pause?.resumedAt, '2026-11-21T09:01:00.000Z');
    assert.equal(lock.pause.resumeProof, 'proven');
  });

  test('A resume has nothing to do where no pause was requested', async () => {
    const { context, fake } = await setUp();
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'not-paused' });
    assert.deepEqual(fake.calls(), []);
  });

  test('A resume is sent where a pause was requested and its answer was lost', async () => {
    const { context, fake, posts } = await setUp();
    fake.replies[pause] = noAnswer();
    await failureOf(pauseForBackup(run, target, context));
    await resumeAfterBackup(run, target, context);
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('A resume that was made already is not made again', async () => {
    const { context, posts } = await paused();
    await resumeAfterBackup(run, target, context);
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('A resume that failed is not written down', async () => {
    const { context, fake } = await paused();
    fake.replies[resume] = exporting.resumeFailed;
    assert.equal((await failureOf(resumeAfterBackup(run, target, context))).name, 'ResumeFailed');
    assert.equal((await context.ledger.readLock('production'))?.pause?.resumedAt, undefined);
  });

  test('A resume that Zeebe says it made and that cannot be seen is ResumeFailed', async () => {
    const { context, fake } = await paused();
    fake.replies[partitions] = json(200, phases('EXPORTING', 'EXPORTING', 'SOFT_PAUSED'));
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'ResumeFailed');
    assert.match(error.message, /partition 3 is SOFT_PAUSED/);
    assert.equal((await context.ledger.readLock('production'))?.pause?.resumedAt, undefined);
  });

  test('A resume that is late ends no pause of somebody else where its run has given its lock back', async () => {
    const { broker, context, posts } = await paused();
    await resumeAfterBackup(run, target, context);
    await context.ledger.release('production', run.runId);
    broker.phase = 'SOFT_PAUSED';
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'not-paused' });
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('A resume is sent where somebody else has put its run right: its pause may have arrived after that', async () => {
    const { broker, context } = await paused();
    await context.ledger.release('production', run.runId, { repaired: true });
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal(broker.phase, 'EXPORTING');
  });

  test('A resume is sent also when the lock is gone: a lost document is no reason to leave it paused', async () => {
    const { broker, context } = await paused();
    context.store.documents.clear();
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal(broker.phase, 'EXPORTING');
    assert.equal(context.store.documents.size, 0);
  });

  for (const { what, name, breakLedger } of [
    {
      what: 'cannot be reached',
      name: 'ResumeUnwritten',
      breakLedger: ({ store }: Awaited<ReturnType<typeof paused>>['context']) => {
        store.before = ledgerTrouble;
      },
    },
    {
      what: 'cannot be read',
      name: 'ResumeUnwritable',
      breakLedger: ({ store }: Awaited<ReturnType<typeof paused>>['context']) => {
        store.documents.set('production/lock.json', '{');
      },
    },
  ] as const) {
    test(`A resume is sent also when the ledger ${what}, and is not done until it is written down`, async () => {
      const { broker, context } = await paused();
      breakLedger(context);
      const error = await failureOf(resumeAfterBackup(run, target, context));
      assert.equal(error.name, name);
      assert.equal(broker.phase, 'EXPORTING');
    });
  }

  test('A resume that could not be written down is repeated, and then the backup can be completed', async () => {
    const { broker, context } = await paused();
    await context.ledger.createManifest({ ...manifest, expectedComponents: [] });
    await requirePauseHeld(run, context);
    for (const call of ['read', 'replace']) {
      let once = true;
      context.store.before = (done) => {
        if (!once || !done.startsWith(call)) return;
        once = false;
        ledgerTrouble(done);
      };
      assert.equal((await failureOf(resumeAfterBackup(run, target, context))).name, 'ResumeUnwritten', call);
      assert.equal(broker.phase, 'EXPORTING');
    }
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal((await completeBackup(run, context)).state, 'COMPLETED');
  });

  test('A resume that a full disk keeps out of the ledger is told as a resume, with what is to be freed', async () => {
    const { broker, context } = await paused();
    context.store.before = (call) => {
      if (!call.startsWith('replace')) return;
      throw new BackupError('LedgerUnusable', 'Cannot replace lock.json: ENOSPC.', {
        remedy: 'Free some space.',
      });
    };
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'ResumeUnwritable');
    assert.equal(
      error.message,
      'Exporting is resumed (read back on every partition), but the ledger could not record it yet: Cannot replace lock.json: ENOSPC.',
    );
    assert.equal(error.remedy, 'Free some space.');
    assert.equal(broker.phase, 'EXPORTING');
  });

  test('A resume is written down with the moment in which it was seen first, however late the ledger takes it', async () => {
    for (const call of ['read', 'replace']) {
      const { context } = await paused();
      context.store.before = (done) => {
        if (done.startsWith(call)) ledgerTrouble(done);
      };
      await failureOf(resumeAfterBackup(run, target, context));
      context.clock.advance(600);
      await failureOf(resumeAfterBackup(run, target, context));
      context.store.before = () => {};
      context.clock.advance(60);
      assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
      assert.equal(lockIn(context).pause?.resumedAt, '2026-11-21T09:01:00.000Z', call);
    }
  });

  for (const provable of [true, false]) {
    const cluster = provable ? 'showed its phases' : 'never showed its phases';
    test(`A resume of a cluster that ${cluster} fails where one broker cannot be asked and another is paused`, async () => {
      const { context, fake } = await paused();
      const two = { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'], provable };
      fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = noAnswer();
      fake.replies[partitions] = json(200, phases('EXPORTING', 'EXPORTING', 'SOFT_PAUSED'));
      const error = await failureOf(resumeAfterBackup(run, two, context));
      assert.equal(error.name, 'ResumeFailed');
      assert.match(error.message, /partition 3 is SOFT_PAUSED/);
    });
  }

  test('A resume of a cluster that never showed its phases is answered where a broker cannot be asked', async () => {
    const { context, fake } = await paused();
    const two = { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'], provable: false };
    fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = noAnswer();
    assert.deepEqual(await resumeAfterBackup(run, two, context), { resumed: 'answered' });
  });

  for (const { what, silence } of [
    { what: 'a broker is silent', silence: { 'GET http://zeebe-1:9600/actuator/partitions': noAnswer() } },
    {
      what: 'a replica is CLOSED',
      silence: {
        'GET http://zeebe-1:9600/actuator/partitions': json(200, phases('EXPORTING', 'CLOSED', 'EXPORTING')),
      },
    },
  ] as const) {
    test(`A resume of a cluster that showed its phases is not done while ${what}, and is made again`, async () => {
      const { context, fake, posts } = await paused();
      const two = { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'] };
      Object.assign(fake.replies, silence);
      const error = await failureOf(resumeAfterBackup(run, two, context));
      assert.equal(error.name, 'ResumeFailed');
      assert.match(error.message, /not proven yet/);
      assert.equal((await context.ledger.readLock('production'))?.pause?.resumedAt, undefined);
      fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = json(
        200,
        phases('EXPORTING', 'EXPORTING', 'EXPORTING'),
      );
      assert.deepEqual(await resumeAfterBackup(run, two, context), { resumed: 'proven' });
      assert.deepEqual(posts(), [pause, resume, resume]);
    });
  }

  test('A resume of a failed backup is not sent while the next try of the run is at work', async () => {
    const { broker, context, fake } = await nextTry();
    broker.phase = 'SOFT_PAUSED';
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /run-1 holds it now for the backup 8/);
    assert.deepEqual(fake.calls(), []);
  });

  test('A resume is not sent when another run holds the lock: the pause may be that one’s', async () => {
    const { broker, context, fake } = await setUp('run-2');
    broker.phase = 'SOFT_PAUSED';
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /run-2 holds it now/);
    assert.deepEqual(fake.calls(), []);
  });
});
