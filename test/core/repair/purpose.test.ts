import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseForBackup, resumeAfterBackup } from '../../../core/backup/exporting.ts';
import type { Owner } from '../../../core/ledger/lock/lock.ts';
import { repair, repairable, repairLock } from '../../../core/repair/lock.ts';
import { endUnneededPause, findUnneededPause } from '../../../core/repair/unexplained-pause.ts';
import { freeable, freeUnreadableLock } from '../../../core/repair/unreadable-lock.ts';
import { manifest, pauseOf, run, target } from '../backup/world.ts';
import { at, cluster88, exportingOf, yaml88 } from '../fake-cluster.ts';
import { failureOf, fakeHttp, someOwner, type TestContext, testContext } from '../fakes.ts';
import { elsewhere, gone } from './world.ts';

const key = 'production/lock.json';

/** A lock as another version, or a later command of this one, has left it. */
const lockFor = (purpose: string, owner: Owner, more: object = {}) => ({
  format: 2,
  cluster: 'production',
  runId: 'run-1',
  purpose,
  owner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
  backupId: 7,
  ...more,
});

/** Exporting is paused, which somebody might want to end. */
async function setUp(lock: object) {
  const broker = { phase: 'SOFT_PAUSED' };
  const fake = cluster88();
  Object.assign(fake.replies, exportingOf(at.zeebe, broker));
  const context = testContext({ yaml: yaml88, http: fake.http });
  const text = JSON.stringify(lock);
  context.store.documents.set(key, text);
  await context.ledger.createManifest(manifest);
  const { production: config } = (await context.config()).clusters;
  assert(config);
  return {
    broker,
    context,
    config,
    posts: () =>
      fake.requests.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`),
    isUntouched: () => context.store.documents.get(key) === text,
  };
}
type World = Awaited<ReturnType<typeof setUp>>;

const force = { force: true };
const failure = { error: 'Abandoned', message: 'gone' };
const whoever = { id: 'resume-1', user: 'test' };

/** Everything that might free a lock of a dead owner or resume exporting, without its own command. */
const attempts: { what: string; attempt: (world: World) => Promise<unknown> }[] = [
  { what: 'a repair', attempt: ({ context }) => repair('production', { force: false }, context) },
  { what: 'a repair with force', attempt: ({ context }) => repair('production', force, context) },
  { what: 'a dry run of a repair', attempt: ({ context }) => repairable('production', force, context) },
  {
    what: 'whoever has seen that the owner is gone',
    attempt: async ({ context }) => {
      const lock = await context.ledger.readLock('production');
      return lock && repairLock(lock, failure, context);
    },
  },
  {
    what: 'the look for a pause that no run explains',
    attempt: ({ context, config }) => findUnneededPause('production', config, context),
  },
  {
    what: 'the end of a pause that no run explains',
    attempt: ({ context, config }) => endUnneededPause('production', config, whoever, context),
  },
  {
    what: 'a late resume of another run',
    attempt: ({ context }) => resumeAfterBackup({ ...run, runId: 'run-0' }, target, context),
  },
  {
    what: 'a late pause of another run',
    attempt: ({ context }) => pauseForBackup({ ...run, runId: 'run-0' }, target, context),
  },
];

describe('A lock that is kept for its own command', () => {
  for (const { what, attempt } of attempts) {
    test(`A lock of a restore, or of a purpose that is not known, is left by ${what}: nobody frees it or resumes`, async () => {
      for (const purpose of ['restore', 'rebalance', 'constructor'])
        for (const owner of [gone, elsewhere])
          for (const pause of [{}, pauseOf()]) {
            const world = await setUp(lockFor(purpose, owner, pause));
            const error = await failureOf(attempt(world));
            assert.match(error.name, /^Lock(Held|Lost)$/, `${purpose}: ${error.message}`);
            if (error.name === 'LockHeld') assert.match(error.remedy ?? '', /^Only the command that took/);
            assert.ok(!/camunda-backup repair/.test(error.remedy ?? ''), error.remedy);
            assert.deepEqual(world.posts(), []);
            assert.ok(world.isUntouched());
          }
    });
  }

  test('A lock that is kept is left also where this version cannot read it, whatever the force', async () => {
    for (const more of [{ format: 3 }, { aFieldOfTheNextVersion: true }, { owner: { kind: 'pod' } }])
      for (const purpose of ['restore', 'rebalance', undefined]) {
        // Format 2 without a purpose, or a later format: what it is for is not known.
        const world = await setUp({ ...lockFor('restore', gone), purpose, ...more });
        const error = await failureOf(freeable('production', force, world.context));
        assert.equal(error.name, 'LedgerCorrupt');
        assert.match(
          error.remedy ?? '',
          /^If a newer camunda-backup wrote it, use that one\. Only the command/,
        );
        assert.equal((await failureOf(repair('production', force, world.context))).remedy, error.remedy);
        const late = failureOf(resumeAfterBackup({ ...run, runId: 'run-0' }, target, world.context));
        assert.equal((await late).name, 'LockLost');
        assert.deepEqual(world.posts(), []);
        assert.ok(world.isUntouched());
      }
  });

  test('A pause that was on its way when a restore took the lock gets no resume: nothing calls a cluster that is restored', async () => {
    const broker = { phase: 'EXPORTING' };
    const fake = fakeHttp(exportingOf(at.zeebe, broker));
    const context = testContext({ http: fake.http });
    await context.ledger.acquire({
      format: 2,
      cluster: 'production',
      runId: 'run-1',
      purpose: 'backup',
      owner: someOwner,
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
      backupId: 7,
    });
    const pause = `POST ${at.zeebe}/actuator/exporting/pause?soft=true`;
    const works = fake.replies[pause];
    assert(typeof works === 'function');
    fake.replies[pause] = (request) => {
      const next = { ...lockFor('restore', someOwner), runId: 'run-2' };
      context.store.documents.set(key, JSON.stringify(next));
      return works(request);
    };
    assert.equal((await failureOf(pauseForBackup(run, target, context))).name, 'LockLost');
    assert.deepEqual(
      fake.calls().filter((call) => call.startsWith('POST')),
      [pause],
    );
  });
});

describe('A lock of a deletion', () => {
  const freed = { format: 1, cluster: 'production', releasedBy: 'run-1', repaired: true };
  const documentIn = ({ store }: TestContext): unknown => JSON.parse(store.documents.get(key) ?? '');

  test('A lock of a deletion whose owner is gone is freed without a call to the cluster, and no backup is marked FAILED', async () => {
    const world = await setUp(lockFor('delete', gone));
    const repaired = await repair('production', { force: false }, world.context);
    assert.equal(repaired?.exporting, 'not-paused');
    assert.deepEqual(documentIn(world.context), freed);
    assert.equal((await world.context.ledger.readManifest('production', 7))?.state, 'RUNNING');
    assert.deepEqual(world.posts(), []);
  });

  test('A lock of a deletion whose owner may live is held until somebody says that it does not', async () => {
    const world = await setUp(lockFor('delete', elsewhere));
    const error = await failureOf(repair('production', { force: false }, world.context));
    assert.equal(error.name, 'LockHeld');
    assert.match(error.message, /held by the deletion of the backup 7 \(run-1/);
    assert.match(error.remedy ?? '', /camunda-backup repair --cluster production --force/);
    assert.ok(world.isUntouched());
    await repair('production', force, world.context);
    assert.deepEqual(documentIn(world.context), freed);
  });

  test('A lock of a deletion that cannot be read is set aside by force, without a call to the cluster', async () => {
    const world = await setUp({ ...lockFor('delete', elsewhere), format: 3 });
    const { context, config } = world;
    const unreadable = await freeable('production', force, context);
    assert(unreadable);
    assert.doesNotMatch(unreadable.problem.remedy ?? '', /resume/);
    const { exporting, copy } = await freeUnreadableLock('production', config, unreadable, context);
    assert.equal(exporting, 'not-paused');
    assert.match(copy, /lock\.unreadable-/);
    assert.deepEqual(documentIn(context), freed);
    assert.deepEqual(world.posts(), []);
  });
});
