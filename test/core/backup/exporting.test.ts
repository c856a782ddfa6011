import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pauseForBackup, resumeAfterBackup } from '../../../core/backup/exporting.ts';
import { completeBackup } from '../../../core/backup/finish.ts';
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
    let requestedAt: string | undefined;
    fake.replies[pause] = () => {
      requestedAt = /"pauseRequestedAt": "(.*?)"/.exec([...context.store.documents.values()].join())?.[1];
      return exporting.worked;
    };
    fake.replies[partitions] = json(404, {});
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

  test('is not refused when a broker cannot be asked', async () => {
    const { fake, context } = await setUp();
    fake.replies[partitions] = json(404, { error: 'Not Found' });
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'answered');
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

  for (const [what, world] of [
    ['that is gone', without],
    ['of another run', () => setUp('run-2')],
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

  test('is sent also when the lock is gone: a lost document is no reason to leave it paused', async () => {
    const { broker, context } = await paused();
    context.store.documents.clear();
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal(broker.phase, 'EXPORTING');
    assert.equal(context.store.documents.size, 0);
  });

  for (const [what, name, breakLedger] of [
    [
      'cannot be reached',
      'LedgerError',
      ({ store }: Awaited<ReturnType<typeof paused>>['context']) => {
        store.before = ledgerTrouble;
      },
    ],
    [
      'cannot be read',
      'LedgerCorrupt',
      ({ store }: Awaited<ReturnType<typeof paused>>['context']) => {
        store.documents.set('production/lock.json', '{');
      },
    ],
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
    for (const call of ['read', 'replace']) {
      let once = true;
      context.store.before = (done) => {
        if (!once || !done.startsWith(call)) return;
        once = false;
        ledgerTrouble(done);
      };
      assert.equal((await failureOf(resumeAfterBackup(run, target, context))).name, 'LedgerError', call);
      assert.equal(broker.phase, 'EXPORTING');
    }
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
    assert.equal((await completeBackup(run, context)).state, 'COMPLETED');
  });

  test('is not proven where a broker cannot be asked, and fails where another one is paused', async () => {
    const { context, fake } = await paused();
    const two = { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'] };
    fake.replies['GET http://zeebe-1:9600/actuator/partitions'] = noAnswer();
    fake.replies[partitions] = json(200, phases('EXPORTING', 'EXPORTING', 'SOFT_PAUSED'));
    assert.equal((await failureOf(resumeAfterBackup(run, two, context))).name, 'ResumeFailed');
    fake.replies[partitions] = json(200, phases('EXPORTING', 'EXPORTING', 'EXPORTING'));
    assert.deepEqual(await resumeAfterBackup(run, two, context), { resumed: 'answered' });
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
