import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completeBackup, recordFailure } from '../../../core/backup/finish.ts';
import { type Lock, lock as lockSchema } from '../../../core/ledger/lock.ts';
import type { ComponentEntry } from '../../../core/ledger/manifest.ts';
import { failureOf, type TestContext, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { entryOf, holdLock, manifest, run } from './world.ts';

const paused = { pauseRequestedAt: '2026-11-21T09:00:01.000Z', pausedAt: '2026-11-21T09:00:02.000Z' };
const heldAt = { pauseHeldAt: '2026-11-21T09:04:00.000Z' };
const held = { ...heldAt, pauseHeldProof: 'proven' as const };
const resumed = { resumedAt: '2026-11-21T09:05:00.000Z', resumeProof: 'proven' as const };
const failure = { error: 'ComponentTimedOut', message: 'It took too long', remedy: 'Wait longer' };

async function setUp({
  lock = { ...paused, ...held, ...resumed },
  entries = [entryOf('operate'), entryOf('zeebe')],
}: {
  lock?: Partial<Lock>;
  entries?: ComponentEntry[];
} = {}) {
  const context = testContext();
  await holdLock(context);
  await context.ledger.changeLock('production', run.runId, lock);
  await context.ledger.createManifest(manifest);
  for (const entry of entries) await context.ledger.createEntry('production', run.backupId, entry);
  context.clock.advance(600);
  return context;
}

const stateIn = async ({ ledger }: TestContext) => (await ledger.readManifest('production', 7))?.state;

describe('a backup is COMPLETED', () => {
  test('with every component in its manifest, and the lock is free', async () => {
    const context = await setUp();
    const completed = await completeBackup(run, context);
    assert.equal(completed.state, 'COMPLETED');
    assert.equal(completed.endedAt, '2026-11-21T09:10:00.000Z');
    assert.deepEqual(completed.components.map(({ component }) => component).sort(), ['operate', 'zeebe']);
    assert.deepEqual(completed.exporting, {
      pausedAt: paused.pausedAt,
      ...heldAt,
      ...resumed,
      leftPaused: false,
    });
    assert.deepEqual(completed.warnings, []);
    assert.deepEqual(await context.ledger.readManifest('production', 7), completed);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  for (const { what, seen } of [
    { what: 'where not every partition could be read', seen: { ...heldAt, pauseHeldProof: 'answered' } },
    { what: 'where an earlier version did not write down what it read', seen: heldAt },
  ] as const) {
    test(`with a warning and without pauseHeldAt ${what}: nobody saw whether the pause lasted`, async () => {
      const context = await setUp({ lock: { ...paused, ...seen, ...resumed } });
      const { state, exporting, warnings } = await completeBackup(run, context);
      assert.equal(state, 'COMPLETED');
      assert.equal(exporting.pauseHeldAt, undefined);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? '',
        /^Whether exporting stayed paused until Zeebe’s backup was complete is not known, .* at http:\S+\. Configure all brokers in zeebe\.brokers$/,
      );
    });
  }

  for (const { what, said, expected } of [
    { what: 'as all brokers said', said: ['8.6.4', '8.6.4'], expected: '8.6.4' },
    { what: 'as it was known before, where they differ', said: ['8.6.4', '8.6.5'], expected: '8.6' },
    { what: 'as it was known before, where one does not say', said: ['8.6.4', undefined], expected: '8.6' },
    { what: 'as it was known before, where none says', said: [], expected: '8.6' },
  ] as const) {
    test(`with the version of Zeebe ${what}`, async () => {
      const parts = said.map((brokerVersion, index) => ({
        name: `partition ${index + 1}`,
        state: 'COMPLETED',
        brokerVersion,
      }));
      const context = await setUp({ entries: [entryOf('operate'), entryOf('zeebe', { parts })] });
      await context.ledger.writeManifest({ ...manifest, camundaVersion: '8.6' });
      assert.equal((await completeBackup(run, context)).camundaVersion, expected);
    });
  }

  test('with a warning where its brokers took it in another version than the file says, whose word is not taken', async () => {
    const completed = async (configuredVersion: string, ...said: string[]) => {
      const parts = said.map((brokerVersion, index) => ({
        name: `partition ${index + 1}`,
        state: 'COMPLETED',
        brokerVersion,
      }));
      const context = await setUp({ entries: [entryOf('operate'), entryOf('zeebe', { parts })] });
      await context.ledger.writeManifest({ ...manifest, configuredVersion, warnings: ['an earlier one'] });
      const { camundaVersion, warnings } = await completeBackup(run, context);
      return { camundaVersion, warnings };
    };
    assert.deepEqual(await completed('8.9', '8.8.0', '8.8.0'), {
      camundaVersion: '8.8.0',
      warnings: [
        'an earlier one',
        'The configuration says Camunda 8.9 (`version`), and the brokers took this backup in 8.8.0. Correct `version`, or remove it',
      ],
    });
    assert.deepEqual(await completed('8.8', '8.8.0'), {
      camundaVersion: '8.8.0',
      warnings: ['an earlier one'],
    });
    assert.deepEqual(await completed('8.8'), { camundaVersion: undefined, warnings: ['an earlier one'] });
  });

  test('once: called again it changes nothing', async () => {
    const context = await setUp();
    const completed = await completeBackup(run, context);
    context.clock.advance(60);
    const writes = context.store.changes.length;
    assert.deepEqual(await completeBackup(run, context), completed);
    assert.equal(context.store.changes.length, writes);
  });

  test('also when the lock cannot be given back: that is said, and done when it is called again', async () => {
    const context = await setUp();
    context.store.before = (call) => {
      if (call === 'replace production/lock.json') ledgerTrouble(call);
    };
    assert.equal((await completeBackup(run, context)).state, 'COMPLETED');
    assert.equal(await stateIn(context), 'COMPLETED');
    assert.match(context.warnings.join(), /The lock of production could not be given back/);
    context.store.before = () => undefined;
    await completeBackup(run, context);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('not over a manifest that was marked FAILED while it was being completed', async () => {
    const context = await setUp();
    const repaired: Promise<void>[] = [];
    context.store.before = (call) => {
      // Somebody repairs between the reading of the manifest and its writing.
      if (!call.includes('components')) return;
      context.store.before = () => undefined;
      repaired.push(context.ledger.writeManifest({ ...manifest, state: 'FAILED' }));
    };
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'FAILED');
  });
});

describe('a backup is not COMPLETED', () => {
  for (const { what, entries, missing } of [
    {
      what: 'without an entry of a component',
      entries: [entryOf('operate')],
      missing: /Not seen complete: Zeebe$/,
    },
    {
      what: 'while a component is only started',
      entries: [entryOf('operate', { state: 'STARTED' }), entryOf('zeebe')],
      missing: /Not seen complete: Operate$/,
    },
    {
      what: 'when a component failed',
      entries: [entryOf('operate', { state: 'FAILED' }), entryOf('zeebe', { state: 'REQUESTED' })],
      missing: /Not seen complete: Operate, Zeebe$/,
    },
    {
      what: 'with an entry of another run',
      entries: [entryOf('operate', { runId: 'run-0' }), entryOf('zeebe')],
      missing: /Not seen complete: Operate$/,
    },
  ] as const) {
    test(what, async () => {
      const context = await setUp({ entries: [...entries] });
      const error = await failureOf(completeBackup(run, context));
      assert.equal(error.name, 'VerificationFailed');
      assert.match(error.message, missing);
      assert.equal(await stateIn(context), 'RUNNING');
    });
  }

  test('where it was not read back that exporting was paused until the end', async () => {
    const context = await setUp({ lock: { ...paused, ...resumed } });
    const error = await failureOf(completeBackup(run, context));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /not known that exporting was paused all the while/);
    assert.equal(await stateIn(context), 'RUNNING');
  });

  test('by a late call while the next try of the run is at work', async () => {
    const context = await setUp();
    await context.ledger.changeLock('production', run.runId, { backupId: 8, attempt: 2 });
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'RUNNING');
    assert.equal((await context.ledger.readLock('production'))?.backupId, 8);
  });

  test('while exporting may still be paused', async () => {
    const context = await setUp({
      lock: { ...paused, ...held },
    });
    const error = await failureOf(completeBackup(run, context));
    assert.equal(error.name, 'VerificationFailed');
    assert.match(error.message, /not known to be resumed/);
  });

  test('by a run that lost its lock', async () => {
    const context = await setUp();
    await context.ledger.release('production', run.runId);
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    await holdLock(context, 'run-2');
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'RUNNING');
  });

  test('after it was marked FAILED', async () => {
    const context = await setUp();
    await context.ledger.writeManifest({ ...manifest, state: 'FAILED' });
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LockLost');
    assert.equal(await stateIn(context), 'FAILED');
  });

  test('under the manifest of another run', async () => {
    const context = await setUp();
    await context.ledger.writeManifest({ ...manifest, runId: 'run-0' });
    assert.equal((await failureOf(completeBackup(run, context))).name, 'LedgerCorrupt');
  });
});

describe('a failure', () => {
  test('is written into the manifest, with what is known of the components, and the lock is free', async () => {
    const context = await setUp({ entries: [entryOf('operate', { state: 'STARTED' })] });
    const { manifest: failed } = await recordFailure(run, failure, context);
    assert.equal(failed?.state, 'FAILED');
    assert.deepEqual(failed.failure, failure);
    assert.equal(failed.endedAt, '2026-11-21T09:10:00.000Z');
    assert.deepEqual(
      failed.components.map(({ component, state }) => `${component} ${state}`),
      ['operate STARTED'],
    );
    assert.deepEqual(await context.ledger.readManifest('production', 7), failed);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('keeps the lock while exporting may be paused, and says so', async () => {
    const context = await setUp({
      lock: { ...paused, ...held },
    });
    const { manifest: failed } = await recordFailure(run, failure, context);
    assert.equal(failed?.exporting.leftPaused, true);
    assert.equal((await context.ledger.readLock('production'))?.runId, run.runId);
  });

  test('never overwrites a COMPLETED manifest', async () => {
    const context = await setUp();
    await context.ledger.writeManifest({ ...manifest, state: 'COMPLETED' });
    await recordFailure(run, failure, context);
    assert.equal(await stateIn(context), 'COMPLETED');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('that comes after another leaves the first one', async () => {
    const context = await setUp({
      lock: { ...paused, ...held },
    });
    await recordFailure(run, failure, context);
    const { manifest: again } = await recordFailure(run, { error: 'Abandoned', message: 'found' }, context);
    assert.deepEqual(again?.failure, failure);
  });

  test('before there is a manifest gives the lock back', async () => {
    const context = testContext();
    const { lock } = await context.ledger.acquire({
      format: 1,
      cluster: 'production',
      runId: 'run-1',
      owner: context.owner('run-1'),
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
    });
    assert.equal((await recordFailure(lock, failure, context)).manifest, undefined);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('of a run without the lock changes nothing', async () => {
    const context = await setUp();
    const writes = context.store.changes.length;
    assert.equal((await recordFailure({ ...run, runId: 'run-2' }, failure, context)).manifest, undefined);
    assert.equal(context.store.changes.length, writes);
    assert.equal((await context.ledger.readLock('production'))?.runId, run.runId);
  });

  test('does not touch the manifest of another run', async () => {
    const context = await setUp();
    await context.ledger.writeManifest({ ...manifest, runId: 'run-0' });
    await recordFailure(run, failure, context);
    assert.equal(await stateIn(context), 'RUNNING');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('does not take the manifest of another run under its id for its own', async () => {
    for (const backupId of [run.backupId, undefined]) {
      const context = await setUp();
      await context.ledger.writeManifest({ ...manifest, runId: 'run-0', state: 'COMPLETED' });
      await context.ledger.changeLock('production', run.runId, { backupId });
      assert.equal((await recordFailure(run, failure, context)).manifest, undefined);
      assert.equal(await context.ledger.readLock('production'), undefined);
    }
  });
});

describe('a failure that is tried again', () => {
  const again = { tryAgain: true };

  test('is in the manifest, and the run keeps the lock, with nothing in it of the backup that failed', async () => {
    const context = await setUp();
    const before = await context.ledger.readLock('production');
    const { manifest: failed, triesAgain } = await recordFailure(run, failure, context, again);
    assert.equal(triesAgain, true);
    assert.equal(failed?.state, 'FAILED');
    assert.deepEqual(failed.failure, failure);
    assert.equal(failed.exporting.resumedAt, resumed.resumedAt);
    const { format, cluster, runId, owner, reason, acquiredAt, exporting } = before ?? {};
    assert.deepEqual(await context.ledger.readLock('production'), {
      format,
      cluster,
      runId,
      owner,
      reason,
      acquiredAt,
      exporting,
      attempt: 2,
    });
  });

  test('counts on', async () => {
    const context = await setUp();
    await context.ledger.changeLock('production', run.runId, { attempt: 2 });
    await recordFailure(run, failure, context, again);
    assert.equal((await context.ledger.readLock('production'))?.attempt, 3);
  });

  test('may be recorded again: the lock is emptied once, and the answer is the same', async () => {
    const context = await setUp();
    const named = { ...run, backupId: run.backupId };
    const first = await recordFailure(named, failure, context, again);
    const writes = context.store.changes.length;
    assert.deepEqual(await recordFailure(named, failure, context, again), first);
    assert.equal(context.store.changes.length, writes);
  });

  test('and is recorded again when the next try has begun changes nothing of that one', async () => {
    const context = await setUp();
    await recordFailure(run, failure, context, again);
    await context.ledger.changeLock('production', run.runId, { backupId: 8, ...paused });
    const lock = await context.ledger.readLock('production');
    await recordFailure(run, { error: 'LockLost', message: 'late' }, context, again);
    assert.deepEqual(await context.ledger.readLock('production'), lock);
    assert.deepEqual((await context.ledger.readManifest('production', 7))?.failure, failure);
  });

  test('twice at once: the later one leaves alone what the next try has written already', async () => {
    const context = await setUp();
    const next = { backupId: 8, pauseRequestedAt: '2026-11-21T09:11:00.000Z' };
    let replaced = 0;
    context.store.before = (call) => {
      if (call !== 'replace production/lock.json') return;
      replaced += 1;
      if (replaced > 1) return;
      // Between the reading of the lock and its change: the other call, and the next try.
      const text = context.store.documents.get('production/lock.json') ?? '';
      const { pauseHeldAt: _, pauseHeldProof: __, ...lock } = lockSchema.parse(JSON.parse(text));
      context.store.documents.set(
        'production/lock.json',
        JSON.stringify({ ...lock, ...next, attempt: 2, resumedAt: undefined, resumeProof: undefined }),
      );
      context.store.touch('production/lock.json');
    };
    assert.equal((await recordFailure(run, failure, context, again)).triesAgain, true);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.backupId, 8);
    assert.equal(lock.attempt, 2);
    assert.equal(lock.pauseRequestedAt, next.pauseRequestedAt);
  });

  test('is called off where nobody wants another try any more and it has not begun: the lock is free', async () => {
    const context = await setUp();
    assert.equal((await recordFailure(run, failure, context, again)).triesAgain, true);
    assert.equal((await recordFailure(run, failure, context)).triesAgain, false);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('of a run that never chose an id is no try: the lock is free', async () => {
    const context = await setUp();
    await context.ledger.changeLock('production', run.runId, { backupId: undefined });
    const { cluster, runId } = run;
    const recorded = await recordFailure({ cluster, runId }, failure, context, again);
    assert.deepEqual(recorded, { manifest: undefined, leftPaused: false, triesAgain: false });
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('is not tried again while exporting may be paused: the lock stays as it is', async () => {
    const context = await setUp({ lock: paused });
    const lock = await context.ledger.readLock('production');
    const { triesAgain, manifest: failed } = await recordFailure(run, failure, context, again);
    assert.equal(triesAgain, false);
    assert.equal(failed?.exporting.leftPaused, true);
    assert.deepEqual(await context.ledger.readLock('production'), lock);
  });

  test('is not tried again where the backup is complete after all', async () => {
    const context = await setUp();
    await context.ledger.writeManifest({ ...manifest, state: 'COMPLETED' });
    const { triesAgain, manifest: completed } = await recordFailure(run, failure, context, again);
    assert.equal(triesAgain, false);
    assert.equal(completed?.state, 'COMPLETED');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('is not tried again by a run without the lock', async () => {
    const context = await setUp();
    const late = { ...run, runId: 'run-2' };
    assert.equal((await recordFailure(late, failure, context, again)).triesAgain, false);
  });

  test('and then found by whoever repairs gives the lock back', async () => {
    const context = await setUp();
    await recordFailure(run, failure, context, again);
    const lock = await context.ledger.readLock('production');
    assert(lock);
    await recordFailure(lock, { error: 'Abandoned', message: 'found' }, context);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.deepEqual((await context.ledger.readManifest('production', 7))?.failure, failure);
  });
});
