import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { backupOfMoment } from '../../../core/backup/schedule-moment.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { at } from '../fake-cluster.ts';
import { failureOf, noAnswer, type TestContext, testContext } from '../fakes.ts';
import { nowSeconds, oldManifest, request, setUp } from './prepare-world.ts';

describe('A moment of a schedule', () => {
  const moment = '2026-11-21T09:00:00Z';
  const prepareFor = (context: TestContext, runId: string, scheduledTime = moment) =>
    prepareBackup({ ...request, scheduledTime }, runId, context);

  async function made(state: Manifest['state'] = 'COMPLETED') {
    const world = setUp();
    const { context } = world;
    const first = await prepareFor(context, 'run-1');
    assert(first.outcome === 'PLANNED');
    const manifest = await context.ledger.readManifest('production', first.run.backupId);
    assert(manifest);
    await writeManifest(context.ledger, { ...manifest, state });
    await context.ledger.release('production', 'run-1');
    context.clock.advance(60);
    return { ...world, first, manifest };
  }

  test('The moment of a schedule is in the plan and in the manifest', async () => {
    const { first, manifest } = await made();
    assert.equal(first.scheduledTime, moment);
    assert.equal(manifest.scheduledTime, moment);
  });

  for (const state of ['COMPLETED', 'FAILED', 'RUNNING'] as const) {
    test(`A moment that is delivered again after its backup (${state}) makes no second one, and the lock is free`, async () => {
      const { context, fake } = await made(state);
      const asked = fake.requests.length;
      const again = await prepareFor(context, 'run-2');
      assert(again.outcome === 'SKIPPED');
      assert.match(
        again.because,
        new RegExp(`the backup ${nowSeconds} of the run run-1 was made for ${moment}`),
      );
      assert.equal(again.heldBy, undefined);
      assert.equal(await context.ledger.readLock('production'), undefined);
      assert.deepEqual(await context.ledger.backupIds('production'), [nowSeconds]);
      assert.equal(fake.requests.length, asked);
    });
  }

  test('A moment that is delivered late, after a backup of a later moment, makes no second one', async () => {
    const { context } = await made();
    context.clock.advance(3600);
    const later = await prepareFor(context, 'run-2', '2026-11-21T10:00:00Z');
    assert(later.outcome === 'PLANNED');
    await context.ledger.release('production', 'run-2');
    assert.equal((await prepareFor(context, 'run-3')).outcome, 'SKIPPED');
  });

  test('A moment is made again where its first run died before it had a manifest', async () => {
    const { context, fake } = setUp();
    const works = fake.replies[`GET ${at.optimize}/actuator`];
    assert(works);
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    await failureOf(prepareFor(context, 'run-1'));
    await context.ledger.release('production', 'run-1');
    fake.replies[`GET ${at.optimize}/actuator`] = works;
    assert.equal((await prepareFor(context, 'run-2')).outcome, 'PLANNED');
  });

  test('A moment of a schedule does not stand in the way of the same run when it is called again', async () => {
    const { context } = setUp();
    const first = await prepareFor(context, 'run-1');
    assert.deepEqual(await prepareFor(context, 'run-1'), first);
  });

  test('A moment that has its backup does not stand in the way of the next moment, nor of a backup by hand', async () => {
    const { context } = await made();
    assert.equal((await prepareFor(context, 'run-2', '2026-11-21T10:00:00Z')).outcome, 'PLANNED');
    await context.ledger.release('production', 'run-2');
    assert.equal((await prepareBackup(request, 'run-3', context)).outcome, 'PLANNED');
  });

  test('A moment that is delivered twice at once makes one backup', async () => {
    const { context } = setUp();
    const both = await Promise.all([prepareFor(context, 'run-1'), prepareFor(context, 'run-2')]);
    assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ['PLANNED', 'SKIPPED']);
    assert.equal((await context.ledger.backupIds('production')).length, 1);
  });

  test('Nothing older than the moment itself is looked through to find whether it has its backup', async () => {
    const { context } = await made();
    const read: string[] = [];
    for (const id of [1, 2, 3]) await context.ledger.createManifest(oldManifest(id));
    context.store.before = (call) => read.push(call);
    await prepareFor(context, 'run-2', '2026-11-21T09:01:00Z');
    const before = read.slice(0, read.indexOf('read production/backups/3/manifest.json') + 1);
    assert(!before.includes('read production/backups/2/manifest.json'));
  });
});

describe('The backup of a moment', () => {
  const moment = '2026-11-21T09:00:00Z';
  const own = oldManifest(7, {
    runId: 'run-1',
    scheduledTime: moment,
    startedAt: '2026-11-21T09:00:05.000Z',
  });

  for (const { what, manifest, scheduledTime, found } of [
    { what: 'another run has made for it is its backup', manifest: own, scheduledTime: moment, found: 7 },
    {
      what: 'was made for another moment is not its backup',
      manifest: { ...own, scheduledTime: '2026-11-21T10:00:00Z' },
      scheduledTime: moment,
      found: undefined,
    },
    {
      what: 'was made by hand is not its backup',
      manifest: oldManifest(7, { startedAt: own.startedAt }),
      scheduledTime: moment,
      found: undefined,
    },
    {
      what: 'this run has made itself is not in its own way',
      manifest: { ...own, runId: 'run-2' },
      scheduledTime: moment,
      found: undefined,
    },
    {
      what: 'was made for a moment is in nobody’s way who asks by hand',
      manifest: own,
      scheduledTime: undefined,
      found: undefined,
    },
  ]) {
    test(`A backup that ${what}`, async () => {
      const context = testContext();
      await context.ledger.createManifest(manifest);
      const ledgerIds = await context.ledger.backupIds('production');
      const already = await backupOfMoment(
        { cluster: 'production', scheduledTime },
        'run-2',
        ledgerIds,
        context,
      );
      assert.equal(already, found && `the backup ${found} of the run run-1 was made for ${moment}`);
    });
  }
});
