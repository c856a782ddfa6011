import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { systemClock as clock } from '../../../core/clock.ts';
import { BackupError } from '../../../core/errors.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import { failureOf, typed } from '../fakes.ts';
import { memoryStore } from '../memory-store.ts';
import { lockOf, manifestOf, open } from './ledger-world.ts';

test('A ledger that has nothing of a cluster says so, and that it may be another one', async () => {
  const { ledger, store } = open();
  const nothing = async () => (await ledger.nothingOf('production'))?.message ?? '';
  assert.match(
    await nothing(),
    /^The ledger memory: has no record of production: .* or you mean another ledger/,
  );
  store.exists = async () => false;
  assert.match(await nothing(), /^The ledger memory: does not exist yet: /);
  await ledger.createManifest(manifestOf(7));
  assert.equal(await nothing(), '');
  assert.match((await ledger.nothingOf('staging'))?.message ?? '', /nothing of staging|does not exist/);
  await ledger.acquire({ ...lockOf('run-1'), cluster: 'staging' });
  await ledger.release('staging', 'run-1');
  assert.equal(await ledger.nothingOf('staging'), undefined);
});

describe('The manifests of a ledger', () => {
  test('A manifest is created once', async () => {
    const { ledger } = open();
    assert.equal(await ledger.createManifest(manifestOf(7)), true);
    assert.equal(await ledger.createManifest(manifestOf(7, 'FAILED')), false);
    assert.equal((await ledger.readManifest('production', 7))?.state, 'RUNNING');
  });

  test('A manifest is stored where the ledger says', async () => {
    const { store, ledger } = open();
    await ledger.createManifest(manifestOf(7));
    assert.equal(ledger.manifestLocation('production', 7), 'memory:production/backups/7/manifest.json');
    assert(store.documents.has('production/backups/7/manifest.json'));
  });

  test('The backup ids are those of one cluster, whatever is stored of a backup, sorted as numbers', async () => {
    const { ledger, store } = open();
    for (const id of [100, 9, 20]) await ledger.createManifest(manifestOf(id));
    await ledger.createManifest({ ...manifestOf(500), cluster: 'production-2' });
    store.documents.set('production/backups/30/components/zeebe.json', '{}');
    store.documents.set('production/backups/readme.txt', '');
    assert.deepEqual(await ledger.backupIds('production'), [9, 20, 30, 100]);
  });

  test('The last completed backup is the newest one that is COMPLETED', async () => {
    const { ledger } = open();
    await ledger.createManifest(manifestOf(9, 'COMPLETED'));
    await ledger.createManifest(manifestOf(10, 'COMPLETED'));
    await ledger.createManifest(manifestOf(11, 'FAILED'));
    await ledger.createManifest(manifestOf(12, 'RUNNING'));
    assert.equal(
      (await ledger.lastCompleted('production', await ledger.newestIds('production', 5, { clock })))
        ?.backupId,
      10,
    );
    assert.equal(await ledger.lastCompleted('staging', []), undefined);
  });

  test('The last completed backups are those among the newest ten, or the newest one before them', async () => {
    const { ledger, store } = open();
    const idsOf = async (newest: number) => {
      const ids = Array.from({ length: newest }, (_, index) => newest - index);
      return (await ledger.lastCompletedOnes('production', ids)).map(({ backupId }) => backupId);
    };
    for (let id = 1; id <= 30; id++) {
      await ledger.createManifest(manifestOf(id, id <= 10 && id !== 4 ? 'COMPLETED' : 'FAILED'));
    }
    assert.deepEqual(await idsOf(0), []);
    assert.deepEqual(await idsOf(5), [5, 3, 2, 1]);
    assert.deepEqual(await idsOf(12), [10, 9, 8, 7, 6, 5, 3]);
    assert.deepEqual(await idsOf(20), [10]);
    let reads = 0;
    store.before = () => {
      reads += 1;
    };
    assert.deepEqual(await idsOf(30), [10]);
    assert.equal(reads, 21, 'nothing before the one that was found is read');
  });
});

describe('A manifest that cannot be read', () => {
  test('A manifest that cannot be read is told and left out, and the others are listed, newest first', async () => {
    const store = memoryStore();
    const warnings: string[] = [];
    const reading = ledger(store, typed, (text) => warnings.push(text));
    for (const id of [7, 9, 10]) await reading.createManifest(manifestOf(id, 'COMPLETED'));
    store.documents.set('production/backups/8/manifest.json', '{"format":2}');
    store.documents.set('production/backups/11/manifest.json', '');
    const ids: number[] = [];
    for await (const { backupId } of reading.manifests('production', [11, 10, 9, 8, 7])) ids.push(backupId);
    assert.deepEqual(ids, [10, 9, 7]);
    assert.equal((await reading.lastCompleted('production', [11, 10, 9, 8, 7]))?.backupId, 10);
    assert.match(warnings[0] ?? '', /backups\/11\/manifest\.json is not a document/);
    assert.match(warnings[1] ?? '', /backups\/8\/manifest\.json is not a document/);
  });

  test('A ledger that is not there is an error, not an empty list of manifests', async () => {
    const { store, ledger } = open();
    await ledger.createManifest(manifestOf(7, 'COMPLETED'));
    store.before = (call) => {
      if (call.startsWith('read')) throw new BackupError('LedgerError', 'gone');
    };
    assert.equal((await failureOf(ledger.lastCompleted('production', [7]))).name, 'LedgerError');
  });
});

describe('The entries of components', () => {
  const entry = {
    component: 'zeebe' as const,
    runId: 'run-1',
    state: 'REQUESTED' as const,
    url: 'http://zeebe:9600',
    requestedAt: '2026-11-21T09:00:00.000Z',
  };

  test('An entry that two change at once loses neither change', async () => {
    const { ledger } = open();
    await ledger.createEntry('production', 7, entry);
    await Promise.all([
      ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'STARTED' })),
      ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, partitions: 3 })),
    ]);
    const changed = await ledger.readEntry('production', 7, 'zeebe');
    assert.equal(changed?.state, 'STARTED');
    assert.equal(changed.partitions, 3);
  });

  test('An entry that is not there is not made by a change', async () => {
    const { ledger, store } = open();
    const change = ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'FAILED' }));
    assert.equal(await change, undefined);
    assert.equal(store.documents.size, 0);
  });

  test('An entry is created once, and then changed', async () => {
    const { ledger } = open();
    assert.equal(await ledger.createEntry('production', 7, entry), true);
    assert.equal(await ledger.createEntry('production', 7, { ...entry, runId: 'run-2' }), false);
    await ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'STARTED' }));
    assert.equal((await ledger.readEntry('production', 7, 'zeebe'))?.state, 'STARTED');
  });

  test('All entries of one backup are read, and none of another', async () => {
    const { ledger } = open();
    await ledger.createEntry('production', 7, entry);
    await ledger.createEntry('production', 7, { ...entry, component: 'records' });
    await ledger.createEntry('production', 8, { ...entry, component: 'operate' });
    const components = (await ledger.readEntries('production', 7)).map(({ component }) => component);
    assert.deepEqual(components.sort(), ['records', 'zeebe']);
  });

  test('The entries are read as far as they can be: one that cannot keeps no run from ending', async () => {
    const store = memoryStore();
    const warnings: string[] = [];
    const books = ledger(store, typed, (text) => warnings.push(text));
    await books.createEntry('production', 7, entry);
    await store.write('production/backups/7/components/records.json', '{');
    const components = (await books.readEntries('production', 7)).map(({ component }) => component);
    assert.deepEqual(components, ['zeebe']);
    assert.match(warnings.join(), /records\.json is not a document/);
  });
});

describe('A document that this version did not write', () => {
  for (const { what, text, says } of [
    { what: 'that is no JSON', text: '{', says: /\(not JSON\)/ },
    {
      what: 'of another format',
      text: JSON.stringify({ ...lockOf('run-1'), format: 3 }),
      says: /\(format: /,
    },
    {
      what: 'with a field that is not known',
      text: JSON.stringify({ ...lockOf('run-1'), colour: 'blue' }),
      says: /colour/,
    },
    {
      what: 'that is a free lock of another format',
      text: JSON.stringify({ format: 2, cluster: 'production', releasedBy: 'run-1' }),
      says: /\(format: /,
    },
  ] as const) {
    test(`A document ${what} is LedgerCorrupt, with its place and a way out`, async () => {
      const { store, ledger } = open();
      store.documents.set('production/lock.json', text);
      const error = await failureOf(ledger.readLock('production'));
      assert.equal(error.name, 'LedgerCorrupt');
      assert.match(error.message, /^memory:production\/lock\.json is not a document/);
      assert.match(error.message, says);
      assert.match(error.remedy ?? '', /newer camunda-backup/);
    });
  }
});
