import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  pauseForBackup,
  requirePauseBudget,
  requirePauseHeld,
  resumeAfterBackup,
} from '../../../core/backup/exporting.ts';
import { completeBackup } from '../../../core/backup/finish.ts';
import { BackupError } from '../../../core/errors.ts';
import { lock as lockSchema } from '../../../core/ledger/lock.ts';
import { at, exportingOf, phases } from '../fake-cluster.ts';
import { failureOf, fakeHttp, json, noAnswer, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import exporting from '../recorded/exporting.json' with { type: 'json' };
import { holdLock, manifest, run, target } from './world.ts';

const pause = `POST ${at.zeebe}/actuator/exporting/pause?soft=true`;
const resume = `POST ${at.zeebe}/actuator/exporting/resume`;
const partitions = `GET ${at.zeebe}/actuator/partitions`;

async function setUp(holder: string | undefined = run.runId) {
  const broker = { phase: 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ http: fake.http });
  if (holder) await holdLock(context, holder);
  return { broker, fake, context, posts: () => fake.calls().filter((call) => call.startsWith('POST')) };
}

const without = async () => {
  const world = await setUp();
  await world.context.ledger.release('production', run.runId);
  return world;
};

/** The same run holds the lock, for another backup. */
const nextTry = async () => {
  const world = await setUp();
  await world.context.ledger.changeLock('production', run.runId, { backupId: 8, attempt: 2 });
  return world;
};

const lockIn = ({ store }: Awaited<ReturnType<typeof setUp>>['context']) =>
  lockSchema.parse(JSON.parse(store.documents.get('production/lock.json') ?? ''));

describe('a pause', () => {
  test('is soft, read back, and written down', async () => {
    const { broker, context, posts } = await setUp();
    assert.deepEqual(await pauseForBackup(run, target, context), {
      pausedAt: '2026-11-21T09:00:00.000Z',
      pauseProof: 'proven',
    });
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(posts(), [pause]);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.pausedAt, '2026-11-21T09:00:00.000Z');
    assert.equal(lock.pauseProof, 'proven');
  });

  test('is written down before it is requested', async () => {
    const { fake, context } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    let requestedAt: string | undefined;
    fake.replies[pause] = (request) => {
      requestedAt = /"pauseRequestedAt": "(.*?)"/.exec([...context.store.documents.values()].join())?.[1];
      return works(request);
    };
    await pauseForBackup(run, target, context);
    assert.equal(requestedAt, '2026-11-21T09:00:00.000Z');
  });

  test('that cannot be written down is not requested', async () => {
    const { context, posts } = await setUp();
    context.store.before = (call) => {
      if (call.startsWith('replace')) ledgerTrouble(call);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LedgerError');
    assert.deepEqual(posts(), []);
  });

  for (const phase of ['PAUSED', 'SOFT_PAUSED']) {
    test(`of exporting that somebody else has ${phase} is refused before anything is sent`, async () => {
      const { broker, context, posts } = await setUp();
      broker.phase = phase;
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'ExportingAlreadyPaused');
      assert.match(error.message, new RegExp(`partition 1 is ${phase}`));
      assert.deepEqual(posts(), []);
      assert.equal((await context.ledger.readLock('production'))?.pauseRequestedAt, undefined);
    });
  }

  test('is not refused of a cluster that does not show its phases, and believed', async () => {
    const { fake, context } = await setUp();
    fake.replies[partitions] = json(404, { error: 'Not Found' });
    const { pauseProof } = await pauseForBackup(run, { ...target, provable: false }, context);
    assert.equal(pauseProof, 'answered');
  });

  test('of a cluster that showed its phases before is not believed until it shows them again', async () => {
    const { broker, fake, context } = await setUp();
    const works = fake.replies[partitions];
    assert(works);
    fake.replies[partitions] = json(503, { message: 'not yet' });
    const error = await failureOf(pauseForBackup(run, target, context));
    assert.equal(error.name, 'PauseFailed');
    assert.match(
      error.message,
      /not proven yet: http:\/\/zeebe:9600\/actuator\/partitions could not be read/,
    );
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert((await context.ledger.readLock('production'))?.pauseRequestedAt, 'nobody would resume it');
    fake.replies[partitions] = works;
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'proven');
  });

  test('of exporting that somebody else has paused goes on where the configuration allows it', async () => {
    const { broker, context, posts } = await setUp();
    broker.phase = 'SOFT_PAUSED';
    const allowed = { ...target, mayBePausedBefore: true as const };
    assert.equal((await pauseForBackup(run, allowed, context)).pauseProof, 'proven');
    assert.deepEqual(posts(), [pause]);
  });

  test('may be repeated: the second one keeps the time of the first', async () => {
    const { context, posts } = await setUp();
    await pauseForBackup(run, target, context);
    context.clock.advance(10);
    const again = await pauseForBackup(run, target, context);
    assert.equal(again.pausedAt, '2026-11-21T09:00:00.000Z');
    assert.deepEqual(posts(), [pause, pause]);
  });

  test('whose answer was lost is repeated, not taken for somebody else’s', async () => {
    const { broker, fake, context } = await setUp();
    const works = fake.replies[pause];
    assert(works);
    fake.replies[pause] = noAnswer();
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'Unreachable');
    broker.phase = 'SOFT_PAUSED';
    fake.replies[pause] = works;
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'proven');
  });

  test('that Zeebe says it made and that cannot be seen is PauseFailed', async () => {
    const { fake, context } = await setUp();
    fake.replies[partitions] = [
      json(200, phases('EXPORTING', 'EXPORTING', 'EXPORTING')),
      json(200, phases('SOFT_PAUSED', 'EXPORTING', 'SOFT_PAUSED')),
    ];
    const error = await failureOf(pauseForBackup(run, target, context));
    assert.equal(error.name, 'PauseFailed');
    assert.match(error.message, /partition 2 is EXPORTING/);
  });

  test('that failed on one broker leaves its intent: it must be undone', async () => {
    const { fake, context } = await setUp();
    fake.replies[pause] = exporting.pauseFailed;
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'PauseFailed');
    assert((await context.ledger.readLock('production'))?.pauseRequestedAt);
  });

  test('after the resume is refused, and nothing is sent', async () => {
    const { context, posts } = await setUp();
    await pauseForBackup(run, target, context);
    await resumeAfterBackup(run, target, context);
    const error = await failureOf(pauseForBackup(run, target, context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /resumed already/);
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('of a run that was put right meanwhile is undone: nobody else knows of it', async () => {
    const { broker, fake, context, posts } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    fake.replies[pause] = (request) => {
      context.store.documents.delete('production/lock.json');
      return works(request);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
    assert.equal(broker.phase, 'EXPORTING');
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('of a run whose lock another one has taken meanwhile is left to that one', async () => {
    const { fake, context, posts } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    fake.replies[pause] = (request) => {
      const lock = context.store.documents.get('production/lock.json') ?? '';
      context.store.documents.set('production/lock.json', lock.replace('"run-1"', '"run-2"'));
      return works(request);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
    assert.deepEqual(posts(), [pause]);
  });

  for (const { what, isLost, left } of [
    { what: 'whose answer is lost', isLost: true, left: 'free' },
    { what: 'that cannot be read back', isLost: false, left: 'free' },
    {
      what: 'that cannot be read back, and whose repair was given up after its resume',
      isLost: false,
      left: 'held',
    },
  ]) {
    test(`of a run that was put right meanwhile, ${what}, is undone: nobody else knows of it`, async () => {
      const { broker, fake, context, posts } = await setUp();
      const works = fake.replies[pause];
      assert(typeof works === 'function');
      fake.replies[pause] = (request) => {
        const answer = works(request);
        const now =
          left === 'held'
            ? { ...lockIn(context), resumedAt: '2026-11-21T09:00:00.000Z' }
            : { format: 1, cluster: 'production', releasedBy: run.runId, repaired: true };
        context.store.documents.set('production/lock.json', JSON.stringify(now));
        if (isLost) throw noAnswer();
        fake.replies[partitions] = noAnswer();
        return answer;
      };
      assert.match((await failureOf(pauseForBackup(run, target, context))).name, /Unreachable|PauseFailed/);
      assert.equal(broker.phase, 'EXPORTING');
      assert.deepEqual(posts(), [pause, resume]);
    });
  }

  test('whose answer is lost is not undone by a run that goes on: it repeats it, or resumes in the end', async () => {
    const { broker, fake, context, posts } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    fake.replies[pause] = (request) => {
      works(request);
      throw noAnswer();
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'Unreachable');
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(posts(), [pause]);
  });

  test('of a backup that failed while it was on its way is undone before the next try pauses', async () => {
    const { broker, fake, context } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    fake.replies[pause] = (request) => {
      const { pauseRequestedAt: _, ...next } = lockIn(context);
      context.store.documents.set('production/lock.json', JSON.stringify({ ...next, backupId: 8 }));
      return works(request);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
    assert.equal(broker.phase, 'EXPORTING');
    assert.equal((await context.ledger.readLock('production'))?.pausedAt, undefined);
  });

  test('of a run that is being put right is refused before anything is sent', async () => {
    for (const before of [{}, { pauseRequestedAt: '2026-11-21T09:00:00.000Z' }]) {
      const { context, fake } = await setUp();
      const repair = { startedAt: '2026-11-21T09:00:00.000Z' };
      await context.ledger.changeLock('production', run.runId, { ...before, repair });
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'LockLost');
      assert.match(error.message, /the run is being put right since 2026-11-21T09:00:00/);
      assert.deepEqual(
        fake.calls().filter((call) => call !== partitions),
        [],
      );
      assert.equal((await context.ledger.readLock('production'))?.pausedAt, undefined);
    }
  });

  test('of a run that is put right between its look at the lock and its intent asks for nothing', async () => {
    const { context, fake, posts } = await setUp();
    const look = fake.replies[partitions];
    assert(typeof look === 'function');
    fake.replies[partitions] = (request) => {
      const repair = { startedAt: '2026-11-21T09:00:00.000Z' };
      context.store.documents.set('production/lock.json', JSON.stringify({ ...lockIn(context), repair }));
      return look(request);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
    assert.deepEqual(posts(), []);
    assert.equal(lockIn(context).pauseRequestedAt, undefined);
  });

  test('that arrives after whoever puts its run right has resumed is undone, also before the lock is free', async () => {
    for (const resumedAt of [undefined, '2026-11-21T09:00:00.000Z']) {
      const { broker, fake, context, posts } = await setUp();
      const works = fake.replies[pause];
      assert(typeof works === 'function');
      fake.replies[pause] = (request) => {
        const repair = { startedAt: '2026-11-21T09:00:00.000Z' };
        context.store.documents.set(
          'production/lock.json',
          JSON.stringify({ ...lockIn(context), resumedAt, repair }),
        );
        context.store.touch('production/lock.json');
        return works(request);
      };
      assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
      assert.equal(broker.phase, 'EXPORTING');
      assert.deepEqual(posts(), [pause, resume]);
    }
  });

  for (const { what, world } of [
    { what: 'that is gone', world: without },
    { what: 'of another run', world: () => setUp('run-2') },
    { what: 'of the next try of this run', world: nextTry },
  ] as const) {
    test(`with a lock ${what} is refused, and nothing is sent`, async () => {
      const { context, fake } = await world();
      assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
      assert.deepEqual(fake.calls(), []);
    });
  }
});

describe('a resume', () => {
  async function paused() {
    const world = await setUp();
    await pauseForBackup(run, target, world.context);
    world.context.clock.advance(60);
    return world;
  }

  test('is read back and written down', async () => {
    const { broker, context } = await paused();
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal(broker.phase, 'EXPORTING');
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.resumedAt, '2026-11-21T09:01:00.000Z');
    assert.equal(lock.resumeProof, 'proven');
  });

  test('is nothing to do where no pause was requested', async () => {
    const { context, fake } = await setUp();
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'not-paused' });
    assert.deepEqual(fake.calls(), []);
  });

  test('is sent where a pause was requested and its answer was lost', async () => {
    const { context, fake, posts } = await setUp();
    fake.replies[pause] = noAnswer();
    await failureOf(pauseForBackup(run, target, context));
    await resumeAfterBackup(run, target, context);
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('that was made already is not made again', async () => {
    const { context, posts } = await paused();
    await resumeAfterBackup(run, target, context);
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('that failed is not written down', async () => {
    const { context, fake } = await paused();
    fake.replies[resume] = exporting.resumeFailed;
    assert.equal((await failureOf(resumeAfterBackup(run, target, context))).name, 'ResumeFailed');
    assert.equal((await context.ledger.readLock('production'))?.resumedAt, undefined);
  });

  test('that Zeebe says it made and that cannot be seen is ResumeFailed', async () => {
    const { context, fake } = await paused();
    fake.replies[partitions] = json(200, phases('EXPORTING', 'EXPORTING', 'SOFT_PAUSED'));
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'ResumeFailed');
    assert.match(error.message, /partition 3 is SOFT_PAUSED/);
    assert.equal((await context.ledger.readLock('production'))?.resumedAt, undefined);
  });

  test('that is late ends no pause of somebody else: its run has given its lock back', async () => {
    const { broker, context, posts } = await paused();
    await resumeAfterBackup(run, target, context);
    await context.ledger.release('production', run.runId);
    broker.phase = 'SOFT_PAUSED';
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'not-paused' });
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('is sent where somebody else has put its run right: its pause may have arrived after that', async () => {
    const { broker, context } = await paused();
    await context.ledger.release('production', run.runId, { repaired: true });
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal(broker.phase, 'EXPORTING');
  });

  test('is sent also when the lock is gone: a lost document is no reason to leave it paused', async () => {
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
    test(`is sent also when the ledger ${what}, and is not done until it is written down`, async () => {
      const { broker, context } = await paused();
      breakLedger(context);
      const error = await failureOf(resumeAfterBackup(run, target, context));
      assert.equal(error.name, name);
      assert.equal(broker.phase, 'EXPORTING');
    });
  }

  test('that could not be written down is repeated, and then the backup can be completed', async () => {
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

  test('that the ledger does not take, because its disk is full, is told as a resume, with what is to be freed', async () => {
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
      'Exporting is resumed (read back on every partition); this could not be written into the ledger yet: Cannot replace lock.json: ENOSPC.',
    );
    assert.equal(error.remedy, 'Free some space.');
    assert.equal(broker.phase, 'EXPORTING');
  });

  test('is written down with the moment in which it was seen first, however late the ledger takes it', async () => {
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
      assert.equal(lockIn(context).resumedAt, '2026-11-21T09:01:00.000Z', call);
    }
  });

  for (const provable of [true, false]) {
    const cluster = provable ? 'showed its phases' : 'never showed its phases';
    test(`of a cluster that ${cluster} fails where one broker cannot be asked and another one is paused`, async () => {
      const { context, fake } = await paused();
      const two = { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'], provable };
      fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = noAnswer();
      fake.replies[partitions] = json(200, phases('EXPORTING', 'EXPORTING', 'SOFT_PAUSED'));
      const error = await failureOf(resumeAfterBackup(run, two, context));
      assert.equal(error.name, 'ResumeFailed');
      assert.match(error.message, /partition 3 is SOFT_PAUSED/);
    });
  }

  test('of a cluster that never showed its phases is answered where a broker cannot be asked', async () => {
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
    test(`of a cluster that showed its phases is not done while ${what}: it is made again`, async () => {
      const { context, fake, posts } = await paused();
      const two = { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'] };
      Object.assign(fake.replies, silence);
      const error = await failureOf(resumeAfterBackup(run, two, context));
      assert.equal(error.name, 'ResumeFailed');
      assert.match(error.message, /not proven yet/);
      assert.equal((await context.ledger.readLock('production'))?.resumedAt, undefined);
      fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = json(
        200,
        phases('EXPORTING', 'EXPORTING', 'EXPORTING'),
      );
      assert.deepEqual(await resumeAfterBackup(run, two, context), { resumed: 'proven' });
      assert.deepEqual(posts(), [pause, resume, resume]);
    });
  }

  test('of a failed backup is not sent while the next try of the run is at work', async () => {
    const { broker, context, fake } = await nextTry();
    broker.phase = 'SOFT_PAUSED';
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /run-1 holds it now for the backup 8/);
    assert.deepEqual(fake.calls(), []);
  });

  test('is not sent when another run holds the lock: the pause may be that one’s', async () => {
    const { broker, context, fake } = await setUp('run-2');
    broker.phase = 'SOFT_PAUSED';
    const error = await failureOf(resumeAfterBackup(run, target, context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /run-2 holds it now/);
    assert.deepEqual(fake.calls(), []);
  });
});

describe('the time that exporting may be paused', () => {
  const hour = { maxPauseSeconds: 3600 };

  async function pausedFor(seconds: number) {
    const world = await setUp();
    await pauseForBackup(run, target, world.context);
    world.context.clock.advance(seconds);
    return world;
  }

  test('is over when it is longer than allowed: the error says by how much and what to do', async () => {
    const { context } = await pausedFor(3601);
    const error = await failureOf(requirePauseBudget(run, hour, context));
    assert.equal(error.name, 'PausedTooLong');
    assert.match(error.message, /^Exporting is paused for 1 h 00 min.*; 1 h 00 min.* allowed$/);
    assert.match(error.remedy ?? '', /maxPause/);
  });

  test('is not over when it is just as long as allowed', async () => {
    const { context } = await pausedFor(3600);
    await requirePauseBudget(run, hour, context);
  });

  test('is counted from the request of the pause, also where its answer was lost', async () => {
    const { context, fake } = await setUp();
    fake.replies[pause] = noAnswer();
    await failureOf(pauseForBackup(run, target, context));
    context.clock.advance(3601);
    assert.equal((await failureOf(requirePauseBudget(run, hour, context))).name, 'PausedTooLong');
  });

  test('does not begin before the pause, and ends with the resume', async () => {
    const { context } = await setUp();
    context.clock.advance(7200);
    await requirePauseBudget(run, hour, context);
    await pauseForBackup(run, target, context);
    await resumeAfterBackup(run, target, context);
    context.clock.advance(7200);
    await requirePauseBudget(run, hour, context);
  });

  test('of the next try is not that of a backup that failed', async () => {
    const { context } = await nextTry();
    assert.equal((await failureOf(requirePauseBudget(run, hour, context))).name, 'LockLost');
  });
});

describe('that the pause has lasted', () => {
  async function paused() {
    const world = await setUp();
    await pauseForBackup(run, target, world.context);
    world.context.clock.advance(60);
    return world;
  }

  test('is read back and written down', async () => {
    const { context } = await paused();
    await requirePauseHeld(run, context);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.pauseHeldAt, '2026-11-21T09:01:00.000Z');
    assert.equal(lock.pauseHeldProof, 'proven');
  });

  test('is not asked again once it is written down: a late call may come after this run’s own resume', async () => {
    const { context, fake } = await paused();
    await requirePauseHeld(run, context);
    const before = await context.ledger.readLock('production');
    await resumeAfterBackup(run, target, context);
    const asked = fake.requests.length;
    context.clock.advance(60);
    await requirePauseHeld(run, context);
    assert.equal(fake.requests.length, asked);
    assert.equal((await context.ledger.readLock('production'))?.pauseHeldAt, before?.pauseHeldAt);
  });

  test('is refuted by one replica that exports: the parts do not fit together', async () => {
    const { context, fake } = await paused();
    fake.replies[partitions] = json(200, phases('SOFT_PAUSED', 'EXPORTING', 'SOFT_PAUSED'));
    const error = await failureOf(requirePauseHeld(run, context));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /Somebody else resumed exporting .* partition 2 is EXPORTING/);
    assert.equal((await context.ledger.readLock('production'))?.pauseHeldAt, undefined);
  });

  test('is refuted also where another broker is silent', async () => {
    const { context, fake } = await paused();
    await context.ledger.changeLock('production', run.runId, {
      exporting: { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'] },
    });
    fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = noAnswer();
    fake.replies[partitions] = json(200, phases('SOFT_PAUSED', 'EXPORTING', 'SOFT_PAUSED'));
    assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'VerificationFailed');
  });

  for (const { what, answer } of [
    { what: 'a broker is silent', answer: noAnswer() },
    { what: 'a broker answers something else', answer: json(500, {}) },
    { what: 'a partition is not there', answer: json(200, phases('SOFT_PAUSED', 'SOFT_PAUSED')) },
    { what: 'a replica is CLOSED', answer: json(200, phases('SOFT_PAUSED', 'SOFT_PAUSED', 'CLOSED')) },
  ] as const) {
    test(`is not known while ${what}: it is asked again`, async () => {
      const { context, fake } = await paused();
      const works = fake.replies[partitions];
      assert(works);
      fake.replies[partitions] = answer;
      const error = await failureOf(requirePauseHeld(run, context));
      assert.equal(error.name, 'Unreachable');
      assert.match(error.message, /^Whether exporting is still paused is not known: /);
      assert.equal((await context.ledger.readLock('production'))?.pauseHeldAt, undefined);
      fake.replies[partitions] = works;
      await requirePauseHeld(run, context);
      assert((await context.ledger.readLock('production'))?.pauseHeldAt);
    });
  }

  for (const { what, answer } of [
    { what: 'never showed its phases', answer: json(404, { error: 'Not Found' }) },
    { what: 'shows those of one partition', answer: json(200, phases('SOFT_PAUSED')) },
  ] as const) {
    test(`is written down as not proven of a cluster that ${what}`, async () => {
      const { context, fake } = await setUp();
      fake.replies[partitions] = json(404, { error: 'Not Found' });
      await pauseForBackup(run, { ...target, provable: false }, context);
      fake.replies[partitions] = answer;
      await requirePauseHeld(run, context);
      const lock = await context.ledger.readLock('production');
      assert(lock?.pauseHeldAt);
      assert.equal(lock.pauseHeldProof, 'answered');
    });
  }

  test('is believed also of a hard pause: nothing was exported', async () => {
    const { broker, context } = await paused();
    broker.phase = 'PAUSED';
    await requirePauseHeld(run, context);
  });

  test('is not asked for a failed backup while the next try of the run is at work', async () => {
    const { context, fake } = await nextTry();
    assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'LockLost');
    assert.deepEqual(fake.calls(), []);
  });

  test('is not written down for the next try when it was read for the one before', async () => {
    const { context, fake } = await paused();
    const works = fake.replies[partitions];
    assert(typeof works === 'function');
    fake.replies[partitions] = (request) => {
      context.store.documents.set(
        'production/lock.json',
        JSON.stringify({ ...lockIn(context), backupId: 8 }),
      );
      return works(request);
    };
    assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'LockLost');
    assert.equal((await context.ledger.readLock('production'))?.pauseHeldAt, undefined);
  });

  test('is not to be found out where the lock does not say where Zeebe is', async () => {
    const { context } = await paused();
    await context.ledger.changeLock('production', run.runId, { exporting: undefined });
    assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'LedgerCorrupt');
  });
});
