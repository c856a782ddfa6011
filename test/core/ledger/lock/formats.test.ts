import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { completeBackup } from '../../../../core/backup/complete.ts';
import { pauseForBackup, requirePauseHeld, resumeAfterBackup } from '../../../../core/backup/exporting.ts';
import { recordFailure } from '../../../../core/backup/fail.ts';
import type { Pause } from '../../../../core/ledger/lock/lock.ts';
import { repair } from '../../../../core/repair/lock.ts';
import { failure } from '../../backup/finish-world.ts';
import { entryOf, manifest, run, target } from '../../backup/world.ts';
import { at, exportingOf } from '../../fake-cluster.ts';
import { failureOf, fakeHttp, someOwner, testContext } from '../../fakes.ts';
import { format1 } from './format-1.ts';

const key = 'production/lock.json';

/** A cluster whose lock has this text; `texts` are all those that it is given from now on. */
async function setUp(lock: object, phase: 'EXPORTING' | 'SOFT_PAUSED' = 'SOFT_PAUSED') {
  const broker = { phase };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ http: fake.http });
  context.store.documents.set(key, JSON.stringify(lock));
  await context.ledger.createManifest(manifest);
  const document = (): unknown => JSON.parse(context.store.documents.get(key) ?? '');
  return { broker, fake, context, document };
}

const requested: Pause = { target, requestedAt: '2026-11-21T09:00:01.000Z' };
const paused: Pause = { ...requested, pausedAt: '2026-11-21T09:00:02.000Z', proof: 'proven' };
const held: Pause = { ...paused, heldAt: '2026-11-21T09:04:00.000Z', heldProof: 'proven' };
const resumed: Pause = { ...held, resumedAt: '2026-11-21T09:05:00.000Z', resumeProof: 'proven' };

const withoutGaps = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('A lock of format 1', () => {
  for (const { moment, pause } of [
    { moment: 'taken', pause: undefined },
    { moment: 'prepared', pause: undefined },
    { moment: 'requested', pause: requested },
    { moment: 'paused', pause: paused },
    { moment: 'held', pause: held },
    { moment: 'resumed', pause: resumed },
  ] as const) {
    test(`A lock of format 1 in the state "${moment}" is read as one for a backup, and reading writes nothing`, async () => {
      const { context } = await setUp(format1[moment]);
      const { ledger, store } = context;
      const changes = store.changes.length;
      const lock = await ledger.readLock('production');
      assert.equal(lock?.format, 1);
      assert.equal(lock.purpose, 'backup');
      assert.equal(lock.runId, 'run-1');
      assert.deepEqual(withoutGaps({ pause: lock.pause }), withoutGaps({ pause }));
      const holder = await ledger.readHolder('production');
      assert.equal(holder?.purpose, 'backup');
      assert.deepEqual(holder.pause?.requestedAt, pause?.requestedAt);
      assert.deepEqual(holder.pause?.resumedAt, pause?.resumedAt);
      assert.equal(holder.pause?.target?.url, pause?.target.url);
      await ledger.acquire({ ...lock, format: 2, runId: 'run-2' });
      assert.equal(await ledger.readUnreadableLock('production'), undefined);
      assert.equal(store.changes.length, changes);
    });
  }

  test('A run whose lock has format 1 goes on with it from the pause to its end, and an older version can read each document', async () => {
    const { broker, context, document } = await setUp(format1.prepared, 'EXPORTING');
    for (const name of ['operate', 'zeebe'] as const)
      await context.ledger.createEntry('production', 7, entryOf(name));
    context.clock.advance(1);
    await pauseForBackup(run, target, context);
    assert.equal(broker.phase, 'SOFT_PAUSED');
    const at1 = '2026-11-21T09:00:01.000Z';
    assert.deepEqual(document(), { ...format1.paused, pauseRequestedAt: at1, pausedAt: at1 });
    context.clock.advance(239);
    await requirePauseHeld(run, context);
    assert.deepEqual(document(), { ...format1.held, pauseRequestedAt: at1, pausedAt: at1 });
    context.clock.advance(60);
    await resumeAfterBackup(run, target, context);
    assert.equal(broker.phase, 'EXPORTING');
    assert.deepEqual(document(), { ...format1.resumed, pauseRequestedAt: at1, pausedAt: at1 });
    const { state, exporting } = await completeBackup(run, context);
    assert.equal(state, 'COMPLETED');
    assert.equal(exporting.resumeProof, 'proven');
    assert.deepEqual(document(), { format: 1, cluster: 'production', releasedBy: 'run-1' });
  });

  test('A run in the middle of a pause that an older version has made resumes it, and its lock keeps format 1', async () => {
    for (const moment of ['requested', 'paused', 'held'] as const) {
      const { broker, context, document } = await setUp(format1[moment]);
      context.clock.advance(300);
      assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
      assert.equal(broker.phase, 'EXPORTING');
      const { resumedAt, resumeProof } = format1.resumed;
      assert.deepEqual(document(), { ...format1[moment], resumedAt, resumeProof });
    }
  });

  test('A lock of format 1 is repaired where it says, and keeps its format from the claim to the last document', async () => {
    const { broker, fake, context, document } = await setUp(format1.paused);
    const documents: unknown[] = [];
    context.store.before = () => documents.push(document());
    const repaired = await repair('production', { force: true }, context);
    assert.equal(repaired?.exporting, 'proven');
    assert.equal(broker.phase, 'EXPORTING');
    assert.ok(fake.calls().includes(`POST ${at.zeebe}/actuator/exporting/resume`));
    const { resumedAt, resumeProof } = { ...format1.resumed, resumedAt: '2026-11-21T09:00:00.000Z' };
    const claimed = { ...format1.paused, repair: { startedAt: resumedAt, by: someOwner } };
    assert.deepEqual(
      [...new Map(documents.map((one) => [JSON.stringify(one), one])).values()],
      [format1.paused, claimed, { ...claimed, resumedAt, resumeProof }],
    );
    assert.deepEqual(document(), {
      format: 1,
      cluster: 'production',
      releasedBy: 'run-1',
      repaired: true,
    });
  });

  test('A lock of format 1 that is kept for the next try has nothing of the failed one, and keeps its format', async () => {
    const { context, document } = await setUp(format1.resumed);
    assert.equal((await recordFailure(run, failure, context, { tryAgain: true })).triesAgain, true);
    const { format, cluster, runId, owner, reason, acquiredAt } = format1.taken;
    assert.deepEqual(document(), { format, cluster, runId, owner, reason, acquiredAt, attempt: 2 });
  });

  test('A lock of format 1 is never written for another purpose than a backup: an older version would repair it', async () => {
    const { context, document } = await setUp(format1.taken);
    const error = await failureOf(context.ledger.changeLock('production', 'run-1', { purpose: 'restore' }));
    assert.equal(error.name, 'LedgerCorrupt');
    assert.match(error.message, /^This is a bug in camunda-backup: .*Nothing was written$/);
    assert.deepEqual(document(), format1.taken);
  });
});

describe('A lock of format 2', () => {
  test('The format 2 begins with the next lock that is taken, whatever the one before it was', async () => {
    for (const before of [
      undefined,
      format1.paused,
      { format: 1, cluster: 'production', releasedBy: 'run-0' },
    ]) {
      const { context, document } = await setUp(before ?? {});
      if (!before) context.store.documents.delete(key);
      if (before === format1.paused) await repair('production', { force: true }, context);
      const { isNew } = await context.ledger.acquire({
        format: 2,
        cluster: 'production',
        runId: 'run-2',
        purpose: 'backup',
        owner: { kind: 'process', host: 'another-host', pid: 1 },
        reason: 'test',
        acquiredAt: '2026-11-21T10:00:00.000Z',
      });
      assert.equal(isNew, true);
      await context.ledger.changeLock('production', 'run-2', { backupId: 8, pause: resumed });
      assert.deepEqual(document(), {
        format: 2,
        cluster: 'production',
        runId: 'run-2',
        purpose: 'backup',
        owner: { kind: 'process', host: 'another-host', pid: 1 },
        reason: 'test',
        acquiredAt: '2026-11-21T10:00:00.000Z',
        backupId: 8,
        pause: resumed,
        // What an older version looks for.
        pauseRequestedAt: resumed.requestedAt,
        resumedAt: resumed.resumedAt,
        exporting: { url: target.url },
      });
    }
  });

  test('A lock of format 2 is read from its pause, whatever an older version would find beside it', async () => {
    const { context, document } = await setUp(format1.taken);
    const lock = { ...format1.taken, format: 2, purpose: 'backup', pause: held };
    for (const beside of [
      {},
      {
        pauseRequestedAt: '2026-11-21T08:00:00.000Z',
        resumedAt: resumed.resumedAt,
        exporting: { url: 'http://x' },
      },
    ]) {
      context.store.documents.set(key, JSON.stringify({ ...lock, ...beside }));
      assert.deepEqual(await context.ledger.readLock('production'), lock);
      const holder = await context.ledger.readHolder('production');
      assert.equal(holder?.pause?.requestedAt, held.requestedAt);
      assert.equal(holder.pause.resumedAt, undefined);
      assert.equal(holder.pause.target?.url, target.url);
      await context.ledger.changeLock('production', 'run-1', { reason: 'changed' });
      const right = { pauseRequestedAt: held.requestedAt, exporting: { url: target.url } };
      assert.deepEqual(document(), { ...lock, ...right, reason: 'changed' });
    }
  });

  test('A lock that was given back has format 1 also after one of format 2: an older version may take the next one', async () => {
    const { context, document } = await setUp(format1.taken);
    const lock = await context.ledger.readLock('production');
    assert(lock);
    context.store.documents.set(key, JSON.stringify({ ...lock, format: 2 }));
    await context.ledger.release('production', 'run-1');
    assert.deepEqual(document(), { format: 1, cluster: 'production', releasedBy: 'run-1' });
  });

  for (const { what, text, says } of [
    { what: 'without a purpose', text: { ...format1.taken, format: 2 }, says: /\(purpose: / },
    {
      what: 'with a pause of format 1',
      text: { ...format1.requested, format: 2, purpose: 'backup' },
      says: /pauseRequestedAt|exporting/,
    },
    {
      what: 'with only what an older version looks for of a pause',
      text: {
        ...format1.taken,
        format: 2,
        purpose: 'backup',
        pauseRequestedAt: requested.requestedAt,
        exporting: { url: target.url },
      },
      says: /\(pause: it may be paused/,
    },
    {
      what: 'with a pause without a place to resume',
      text: { ...format1.taken, format: 2, purpose: 'backup', pause: { requestedAt: requested.requestedAt } },
      says: /\(pause\.target: /,
    },
  ]) {
    test(`A lock of format 2 ${what} is LedgerCorrupt, and says what is wrong`, async () => {
      const { context } = await setUp(text);
      const error = await failureOf(context.ledger.readLock('production'));
      assert.equal(error.name, 'LedgerCorrupt');
      assert.match(error.message, says);
    });
  }
});
