import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseForBackup, resumeAfterBackup } from '../../../core/backup/exporting.ts';
import { phases } from '../fake-cluster.ts';
import { failureOf, json, noAnswer } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { exporting } from '../recorded.ts';
import { lockIn, nextTry, partitions, pause, resume, setUp, without } from './exporting-world.ts';
import { pauseOf, run, target } from './world.ts';

describe('The pause for a backup', () => {
  test('A pause is soft, read back, and written down', async () => {
    const { broker, context, posts } = await setUp();
    assert.deepEqual(await pauseForBackup(run, target, context), {
      pausedAt: '2026-11-21T09:00:00.000Z',
      pauseProof: 'proven',
    });
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.deepEqual(posts(), [pause]);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.pause?.pausedAt, '2026-11-21T09:00:00.000Z');
    assert.equal(lock.pause.proof, 'proven');
  });

  test('A pause is written down before it is requested', async () => {
    const { fake, context } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    let requestedAt: string | undefined;
    fake.replies[pause] = (request) => {
      requestedAt = /"requestedAt": "(.*?)"/.exec([...context.store.documents.values()].join())?.[1];
      return works(request);
    };
    await pauseForBackup(run, target, context);
    assert.equal(requestedAt, '2026-11-21T09:00:00.000Z');
  });

  test('A pause that cannot be written down is not requested', async () => {
    const { context, posts } = await setUp();
    context.store.before = (call) => {
      if (call.startsWith('replace')) ledgerTrouble(call);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LedgerError');
    assert.deepEqual(posts(), []);
  });

  for (const phase of ['PAUSED', 'SOFT_PAUSED']) {
    test(`A pause of exporting that somebody else has made ${phase} is refused before anything is sent`, async () => {
      const { broker, context, posts } = await setUp();
      broker.phase = phase;
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'ExportingAlreadyPaused');
      assert.match(error.message, new RegExp(`partition 1 is ${phase}`));
      assert.deepEqual(posts(), []);
      assert.equal((await context.ledger.readLock('production'))?.pause, undefined);
    });
  }

  test('A pause of a cluster that never showed its phases is made, and its answer believed', async () => {
    const { fake, context } = await setUp();
    fake.replies[partitions] = json(404, { error: 'Not Found' });
    const { pauseProof } = await pauseForBackup(run, { ...target, provable: false }, context);
    assert.equal(pauseProof, 'answered');
  });

  test('A pause of a cluster that showed its phases before is not believed until it shows them again', async () => {
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
    assert((await context.ledger.readLock('production'))?.pause, 'nobody would resume it');
    fake.replies[partitions] = works;
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'proven');
  });

  test('A pause of exporting that somebody else has paused goes on where the configuration allows it', async () => {
    const { broker, context, posts } = await setUp();
    broker.phase = 'SOFT_PAUSED';
    const allowed = { ...target, mayBePausedBefore: true as const };
    assert.equal((await pauseForBackup(run, allowed, context)).pauseProof, 'proven');
    assert.deepEqual(posts(), [pause]);
  });

  test('A pause may be repeated, and the second one keeps the time of the first', async () => {
    const { context, posts } = await setUp();
    await pauseForBackup(run, target, context);
    context.clock.advance(10);
    const again = await pauseForBackup(run, target, context);
    assert.equal(again.pausedAt, '2026-11-21T09:00:00.000Z');
    assert.deepEqual(posts(), [pause, pause]);
  });

  test('A pause whose answer was lost is repeated, and not taken for somebody else’s', async () => {
    const { broker, fake, context } = await setUp();
    const works = fake.replies[pause];
    assert(works);
    fake.replies[pause] = noAnswer();
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'Unreachable');
    broker.phase = 'SOFT_PAUSED';
    fake.replies[pause] = works;
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'proven');
  });

  test('A pause that Zeebe says it made and that cannot be seen is PauseFailed', async () => {
    const { fake, context } = await setUp();
    fake.replies[partitions] = [
      json(200, phases('EXPORTING', 'EXPORTING', 'EXPORTING')),
      json(200, phases('SOFT_PAUSED', 'EXPORTING', 'SOFT_PAUSED')),
    ];
    const error = await failureOf(pauseForBackup(run, target, context));
    assert.equal(error.name, 'PauseFailed');
    assert.match(error.message, /partition 2 is EXPORTING/);
  });

  test('A pause that failed on one broker leaves its intent in the lock, so that it is undone', async () => {
    const { fake, context } = await setUp();
    fake.replies[pause] = exporting.pauseFailed;
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'PauseFailed');
    assert((await context.ledger.readLock('production'))?.pause);
  });

  test('A pause after the resume is refused, and nothing is sent', async () => {
    const { context, posts } = await setUp();
    await pauseForBackup(run, target, context);
    await resumeAfterBackup(run, target, context);
    const error = await failureOf(pauseForBackup(run, target, context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /has already resumed exporting/);
    assert.deepEqual(posts(), [pause, resume]);
  });

  test('A pause of a run whose lock is gone meanwhile is undone: nobody else knows of it', async () => {
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

  test('A pause of a run whose lock another one has taken meanwhile is left to that one', async () => {
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
    test(`A pause ${what}, of a run that was put right meanwhile, is undone: nobody else knows of it`, async () => {
      const { broker, fake, context, posts } = await setUp();
      const works = fake.replies[pause];
      assert(typeof works === 'function');
      fake.replies[pause] = (request) => {
        const answer = works(request);
        const now =
          left === 'held'
            ? { ...lockIn(context), ...pauseOf({ resumedAt: '2026-11-21T09:00:00.000Z' }) }
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

  test('A pause whose answer is lost is not undone by a run that goes on: it repeats it, or resumes in the end', async () => {
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

  test('A pause of a backup that failed while it was on its way is undone before the next try pauses', async () => {
    const { broker, fake, context } = await setUp();
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    fake.replies[pause] = (request) => {
      const { pause: _, ...next } = lockIn(context);
      context.store.documents.set('production/lock.json', JSON.stringify({ ...next, backupId: 8 }));
      return works(request);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
    assert.equal(broker.phase, 'EXPORTING');
    assert.equal((await context.ledger.readLock('production'))?.pause?.pausedAt, undefined);
  });

  test('A pause of a run that is being put right is refused before anything is sent', async () => {
    for (const before of [{}, pauseOf()]) {
      const { context, fake } = await setUp();
      const repair = { startedAt: '2026-11-21T09:00:00.000Z' };
      await context.ledger.changeLock('production', run.runId, { ...before, repair });
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'LockLost');
      assert.match(error.message, /the run has been under repair since 2026-11-21T09:00:00/);
      assert.deepEqual(
        fake.calls().filter((call) => call !== partitions),
        [],
      );
      assert.equal((await context.ledger.readLock('production'))?.pause?.pausedAt, undefined);
    }
  });

  test('A run that is put right between its look at the lock and its intent asks for no pause', async () => {
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
    assert.equal(lockIn(context).pause, undefined);
  });

  test('A pause that arrives after a repair has resumed is undone, also before the lock is free', async () => {
    for (const resumedAt of [undefined, '2026-11-21T09:00:00.000Z']) {
      const { broker, fake, context, posts } = await setUp();
      const works = fake.replies[pause];
      assert(typeof works === 'function');
      fake.replies[pause] = (request) => {
        const repair = { startedAt: '2026-11-21T09:00:00.000Z' };
        context.store.documents.set(
          'production/lock.json',
          JSON.stringify({ ...lockIn(context), ...pauseOf({ resumedAt }), repair }),
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
    test(`A pause with a lock ${what} is refused, and nothing is sent`, async () => {
      const { context, fake } = await world();
      assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
      assert.deepEqual(fake.calls(), []);
    });
  }
});
