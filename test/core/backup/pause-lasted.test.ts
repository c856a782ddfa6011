import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import {
  pauseForBackup,
  requirePauseBudget,
  requirePauseHeld,
  resumeAfterBackup,
} from '../../../core/backup/exporting.ts';
import { at, phases } from '../fake-cluster.ts';
import { failureOf, json, noAnswer } from '../fakes.ts';
import { pausedNobodyKnowsWhere } from '../ledger/lock/format-1.ts';
import { lockIn, nextTry, partitions, pause, paused, setUp } from './exporting-world.ts';
import { pauseOf, run, target } from './world.ts';

describe('The time that exporting may be paused', () => {
  const hour = { maxPauseSeconds: 3600 };

  async function pausedFor(seconds: number) {
    const world = await setUp();
    await pauseForBackup(run, target, world.context);
    world.context.clock.advance(seconds);
    return world;
  }

  test('A pause that is longer than allowed is PausedTooLong: the error says by how much and what to do', async () => {
    const { context } = await pausedFor(3601);
    const error = await failureOf(requirePauseBudget(run, hour, context));
    assert.equal(error.name, 'PausedTooLong');
    assert.match(error.message, /^Exporting has been paused for 1 h 00 min.*; 1 h 00 min.* allowed$/);
    assert.match(error.remedy ?? '', /maxPause/);
  });

  test('A pause that is just as long as allowed is not too long, and it is known when it will be', async () => {
    const { context } = await pausedFor(3600);
    assert.equal(await requirePauseBudget(run, hour, context), context.clock.now());
  });

  test('The time of a pause is counted from its request, also where the answer was lost', async () => {
    const { context, fake } = await setUp();
    fake.replies[pause] = noAnswer();
    await failureOf(pauseForBackup(run, target, context));
    context.clock.advance(3601);
    assert.equal((await failureOf(requirePauseBudget(run, hour, context))).name, 'PausedTooLong');
  });

  test('The time of a pause does not begin before the pause, and ends with the resume', async () => {
    const { context } = await setUp();
    context.clock.advance(7200);
    assert.equal(await requirePauseBudget(run, hour, context), undefined);
    await pauseForBackup(run, target, context);
    await resumeAfterBackup(run, target, context);
    context.clock.advance(7200);
    await requirePauseBudget(run, hour, context);
  });

  test('The time of the next try’s pause is not that of a backup that failed', async () => {
    const { context } = await nextTry();
    assert.equal((await failureOf(requirePauseBudget(run, hour, context))).name, 'LockLost');
  });
});

describe('The proof that a pause has lasted', () => {
  test('That the pause has lasted is read back and written down', async () => {
    const { context } = await paused();
    await requirePauseHeld(run, context);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.pause?.heldAt, '2026-11-21T09:01:00.000Z');
    assert.equal(lock.pause.heldProof, 'proven');
  });

  test('That the pause has lasted is asked once: a late call may come after this run’s own resume', async () => {
    const { context, fake } = await paused();
    await requirePauseHeld(run, context);
    const before = await context.ledger.readLock('production');
    await resumeAfterBackup(run, target, context);
    const asked = fake.requests.length;
    context.clock.advance(60);
    await requirePauseHeld(run, context);
    assert.equal(fake.requests.length, asked);
    assert.equal((await context.ledger.readLock('production'))?.pause?.heldAt, before?.pause?.heldAt);
  });

  test('That the pause has lasted is refuted by one replica that exports: the parts do not fit together', async () => {
    const { context, fake } = await paused();
    fake.replies[partitions] = json(200, phases('SOFT_PAUSED', 'EXPORTING', 'SOFT_PAUSED'));
    const error = await failureOf(requirePauseHeld(run, context));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(
      error.message,
      /Exporting was resumed during the backup, but not by this run, .* partition 2 is EXPORTING/,
    );
    assert.equal((await context.ledger.readLock('production'))?.pause?.heldAt, undefined);
  });

  test('That the pause has lasted is refuted also where another broker is silent', async () => {
    const { context, fake } = await paused();
    await context.ledger.changeLock(
      'production',
      run.runId,
      pauseOf({ target: { ...target, brokers: [at.zeebe, 'http://zeebe-1:9600'] } }),
    );
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
    test(`Whether the pause has lasted is not known while ${what}, and is asked again`, async () => {
      const { context, fake } = await paused();
      const works = fake.replies[partitions];
      assert(works);
      fake.replies[partitions] = answer;
      const error = await failureOf(requirePauseHeld(run, context));
      assert.equal(error.name, 'Unreachable');
      assert.match(error.message, /^Whether exporting is still paused is not known: /);
      assert.equal((await context.ledger.readLock('production'))?.pause?.heldAt, undefined);
      fake.replies[partitions] = works;
      await requirePauseHeld(run, context);
      assert((await context.ledger.readLock('production'))?.pause?.heldAt);
    });
  }

  for (const { what, answer } of [
    { what: 'never showed its phases', answer: json(404, { error: 'Not Found' }) },
    { what: 'shows those of one partition', answer: json(200, phases('SOFT_PAUSED')) },
  ] as const) {
    test(`That the pause has lasted is written down as not proven of a cluster that ${what}`, async () => {
      const { context, fake } = await setUp();
      fake.replies[partitions] = json(404, { error: 'Not Found' });
      await pauseForBackup(run, { ...target, provable: false }, context);
      fake.replies[partitions] = answer;
      await requirePauseHeld(run, context);
      const lock = await context.ledger.readLock('production');
      assert(lock?.pause?.heldAt);
      assert.equal(lock.pause.heldProof, 'answered');
    });
  }

  test('That the pause has lasted is believed also of a hard pause: nothing was exported', async () => {
    const { broker, context } = await paused();
    broker.phase = 'PAUSED';
    await requirePauseHeld(run, context);
  });

  test('Whether the pause has lasted is not asked for a failed backup while the next try is at work', async () => {
    const { context, fake } = await nextTry();
    assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'LockLost');
    assert.deepEqual(fake.calls(), []);
  });

  test('That the pause has lasted is not written down for the next try when it was read for the one before', async () => {
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
    assert.equal((await context.ledger.readLock('production'))?.pause?.heldAt, undefined);
  });

  test('Whether the pause has lasted cannot be found out where the lock does not say where Zeebe is', async () => {
    const { context } = await paused();
    context.store.documents.set('production/lock.json', JSON.stringify(pausedNobodyKnowsWhere));
    assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'LedgerCorrupt');
  });
});
