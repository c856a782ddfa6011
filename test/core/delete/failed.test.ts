import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Target } from '../../../core/components/target.ts';
import { deleteFailedBackup } from '../../../core/delete/failed.ts';
import { BackupError } from '../../../core/errors.ts';
import type { ComponentEntry } from '../../../core/ledger/manifest.ts';
import { useTimes } from '../../../core/ledger/use.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { entryOf, holdLock, manifest, run } from '../backup/world.ts';
import { at } from '../fake-cluster.ts';
import {
  type FakeSearch,
  failureOf,
  fakeHttp,
  fakeSearch,
  json,
  noAnswer,
  snapshotNamed,
  someOwner,
  testContext,
} from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';

const zeebe: Target = {
  kind: 'zeebe',
  component: 'zeebe',
  url: at.zeebe,
  path: 'backupRuntime',
  partitions: 3,
};
const optimize: Target = { kind: 'application', component: 'optimize', url: at.optimize, path: 'backups' };
const records: Target = {
  kind: 'records',
  component: 'records',
  engine: 'elasticsearch',
  url: 'http://es:9200',
  repository: 'camunda',
  indexPattern: 'zeebe-record*',
};
const targets = [optimize, records, zeebe];

const ofZeebe = `DELETE ${at.zeebe}/actuator/backupRuntime/7`;
const ofOptimize = `DELETE ${at.optimize}/actuator/backups/7`;
const snapshot = 'camunda_zeebe_records_backup_7';

function searchThatDeletes(overrides: Partial<FakeSearch> = {}) {
  const deleted: string[] = [];
  const search = fakeSearch([snapshotNamed(snapshot, { metadata: { runId: run.runId } })], {
    deleteSnapshot: async (_, name) => void deleted.push(name),
    ...overrides,
  });
  return { search, deleted };
}

/** As RecordFailure leaves it before the next try. */
async function setUp({
  entries = [
    entryOf('optimize', { state: 'COMPLETED' }),
    entryOf('records', { state: 'STARTED' }),
    entryOf('zeebe', { state: 'FAILED' }),
  ],
  engine = searchThatDeletes(),
}: {
  entries?: ComponentEntry[];
  engine?: ReturnType<typeof searchThatDeletes>;
} = {}) {
  const fake = fakeHttp({ [ofZeebe]: json(204, ''), [ofOptimize]: json(204, '') });
  const context = testContext({ http: fake.http, search: engine.search });
  await holdLock(context);
  await context.ledger.changeLock('production', run.runId, { backupId: undefined, attempt: 2 });
  await context.ledger.createManifest({ ...manifest, state: 'FAILED' });
  for (const entry of entries) await context.ledger.createEntry('production', 7, entry);
  return { fake, context, ...engine };
}

describe('What a failed backup has left', () => {
  test('A failed backup is deleted from every component, whatever its part came to', async () => {
    const { fake, context, search, deleted } = await setUp();
    const answer = await deleteFailedBackup(run, targets, context);
    assert.deepEqual(answer, { deleted: ['optimize', 'records', 'zeebe'] });
    assert.deepEqual(fake.calls().sort(), [ofOptimize, ofZeebe]);
    assert.deepEqual(deleted, [snapshot]);
    assert.equal(search.closed, search.opened);
    assert.deepEqual(context.warnings, []);
  });

  test('A failed backup that was deleted stays in the ledger', async () => {
    const { context } = await setUp();
    const documents = [...context.store.documents];
    await deleteFailedBackup(run, targets, context);
    assert.deepEqual([...context.store.documents], documents);
  });

  test('A failed backup that is in use is not deleted, which is said once; the mark of a dead user ends after an hour, and that is said', async () => {
    const { context, fake, deleted } = await setUp();
    await context.ledger.markUse('production', 7, {
      runId: 'drill-1',
      what: 'drill',
      owner: someOwner,
      since: '2026-11-21T09:00:00.000Z',
    });
    assert.deepEqual(await deleteFailedBackup(run, targets, context), { deleted: [] });
    assert.deepEqual([fake.calls(), deleted], [[], []]);
    assert.equal(context.warnings.length, 1);
    assert.match(
      context.warnings[0] ?? '',
      /^The parts of the backup 7 stay in the components: .* in use by a drill/,
    );
    context.store.makeOlder('production/backups/7/use.json', useTimes.goneAfter + 1);
    assert.equal((await deleteFailedBackup(run, targets, context)).deleted.length, 3);
    assert.match(context.warnings[1] ?? '', /does not count any more$/);
  });

  test('A failed backup is not deleted where the ledger does not say whether it is in use', async () => {
    const { context, fake, deleted } = await setUp();
    context.store.before = (call) => {
      if (call.endsWith('use.json')) ledgerTrouble(call);
    };
    assert.equal((await failureOf(deleteFailedBackup(run, targets, context))).name, 'LedgerError');
    assert.deepEqual([fake.calls(), deleted], [[], []]);
  });

  test('A failed backup may be deleted again: what is gone is gone', async () => {
    const { context, fake } = await setUp();
    await deleteFailedBackup(run, targets, context);
    fake.replies[ofZeebe] = json(404, { message: 'Backup with id 7 does not exist' });
    fake.replies[ofOptimize] = json(404, { message: 'No backup with id [7] found.' });
    await deleteFailedBackup(run, targets, context);
    assert.deepEqual(context.warnings, []);
  });

  test('A failed backup is deleted also while the next try is at work: its id is another one', async () => {
    const { context } = await setUp();
    await context.ledger.changeLock('production', run.runId, { backupId: 8 });
    assert.equal((await deleteFailedBackup(run, targets, context)).deleted.length, 3);
  });

  for (const { what, entry } of [
    { what: 'was never asked', entry: undefined },
    {
      what: 'was asked and never answered: the backup may be somebody else’s',
      entry: { state: 'REQUESTED' },
    },
    { what: 'has it from another run', entry: { state: 'STARTED', runId: 'run-0' } },
  ] as const) {
    test(`A failed backup stays in a component that ${what}`, async () => {
      const { fake, context } = await setUp({
        entries: [entryOf('optimize'), ...(entry ? [entryOf('zeebe', entry)] : [])],
      });
      assert.deepEqual(await deleteFailedBackup(run, targets, context), { deleted: ['optimize'] });
      assert.deepEqual(fake.calls(), [ofOptimize]);
    });
  }

  for (const { what, answer } of [
    { what: 'is not there', answer: noAnswer() },
    { what: 'refuses', answer: json(400, { message: 'Backup is still running' }) },
    { what: 'is in trouble', answer: json(500, { message: 'store is down' }) },
  ] as const) {
    test(`A failed backup stays, with a warning, in a component that ${what}, and is deleted from the others`, async () => {
      const { fake, context, deleted } = await setUp();
      fake.replies[ofZeebe] = answer;
      assert.deepEqual(await deleteFailedBackup(run, targets, context), {
        deleted: ['optimize', 'records'],
      });
      assert.deepEqual(deleted, [snapshot]);
      assert.equal(context.warnings.length, 1);
      assert.match(context.warnings[0] ?? '', /^The part of the backup 7 in Zeebe stays: /);
    });
  }

  test('A failed snapshot that the search engine does not delete is said and stays, and its client is closed', async () => {
    const engine = searchThatDeletes({
      deleteSnapshot: async () => {
        throw new BackupError('ServerTrouble', 'snapshot is being restored');
      },
    });
    const { context, search } = await setUp({ engine });
    assert.deepEqual(await deleteFailedBackup(run, targets, context), { deleted: ['optimize', 'zeebe'] });
    assert.match(context.warnings.join(), /being restored/);
    assert.equal(search.closed, search.opened);
  });

  test('A mistake of ours in the deletion of a failed backup is thrown, and not hidden', async () => {
    const bug = async () => {
      throw new TypeError('a bug');
    };
    const { context } = await setUp({ engine: searchThatDeletes({ deleteSnapshot: bug }) });
    await assert.rejects(deleteFailedBackup(run, targets, context), TypeError);
  });
});

describe('What is not deleted', () => {
  for (const state of ['COMPLETED', 'RUNNING'] as const) {
    test(`Nothing is deleted of a backup that is ${state}`, async () => {
      const { fake, context } = await setUp();
      await writeManifest(context.ledger, { ...manifest, state });
      assert.deepEqual(await deleteFailedBackup(run, targets, context), { deleted: [] });
      assert.deepEqual(fake.calls(), []);
    });
  }

  test('Nothing is deleted of a backup of another run', async () => {
    const { fake, context } = await setUp();
    await writeManifest(context.ledger, { ...manifest, state: 'FAILED', runId: 'run-0' });
    assert.deepEqual(await deleteFailedBackup(run, targets, context), { deleted: [] });
    assert.deepEqual(fake.calls(), []);
  });

  test('Nothing is deleted of a backup that has no manifest', async () => {
    const { fake, context } = await setUp();
    assert.deepEqual(await deleteFailedBackup({ ...run, backupId: 6 }, targets, context), { deleted: [] });
    assert.deepEqual(fake.calls(), []);
  });

  for (const { what, holder } of [
    { what: 'has given back', holder: undefined },
    { what: 'has lost to another one', holder: 'run-2' },
  ] as const) {
    test(`Nothing is deleted by a run whose lock it ${what}`, async () => {
      const { fake, context } = await setUp();
      await context.ledger.release('production', run.runId);
      if (holder) await holdLock(context, holder);
      assert.equal((await failureOf(deleteFailedBackup(run, targets, context))).name, 'LockLost');
      assert.deepEqual(fake.calls(), []);
    });
  }

  test('Nothing is deleted while the ledger cannot be read: whose the backup is is not known', async () => {
    const { fake, context } = await setUp();
    context.store.before = ledgerTrouble;
    assert.equal((await failureOf(deleteFailedBackup(run, targets, context))).name, 'LedgerError');
    assert.deepEqual(fake.calls(), []);
  });
});
