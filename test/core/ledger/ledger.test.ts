import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BackupError } from '../../../core/errors.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Lock } from '../../../core/ledger/lock.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { failureOf, someOwner } from '../fakes.ts';
import { memoryStore } from '../memory-store.ts';

const lockOf = (runId: string): Lock => ({
  format: 1,
  cluster: 'production',
  runId,
  owner: someOwner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
});

const manifestOf = (backupId: number, state: Manifest['state'] = 'RUNNING'): Manifest => ({
  format: 1,
  backupId,
  cluster: 'production',
  runId: 'run-1',
  reason: 'test',
  state,
  startedAt: '2026-11-21T09:00:00.000Z',
  order: 'PAUSE_FIRST',
  expectedComponents: ['zeebe'],
  components: [],
  exporting: { leftPaused: false },
  warnings: [],
});

function open() {
  const store = memoryStore();
  return { store, ledger: ledger(store) };
}

test('A ledger that has nothing of a cluster says so, and that it may be another one', async () => {
  const { ledger, store } = open();
  const nothing = async () => (await ledger.nothingOf('production'))?.message ?? '';
  assert.match(await nothing(), /^The ledger memory: has nothing of production: .* or it is another one/);
  store.exists = async () => false;
  assert.match(await nothing(), /^The ledger memory: does not exist yet: /);
  await ledger.createManifest(manifestOf(7));
  assert.equal(await nothing(), '');
  assert.match((await ledger.nothingOf('staging'))?.message ?? '', /nothing of staging|does not exist/);
  await ledger.acquire({ ...lockOf('run-1'), cluster: 'staging' });
  await ledger.release('staging', 'run-1');
  assert.equal(await ledger.nothingOf('staging'), undefined);
});

describe('The lock of a cluster', () => {
  test('A lock is taken where there is none', async () => {
    const { store, ledger } = open();
    assert.equal((await ledger.acquire(lockOf('run-1'))).lock.runId, 'run-1');
    assert.deepEqual([...store.documents.keys()], ['production/lock.json']);
  });

  test('A lock that somebody holds is shown instead of taken', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    assert.equal((await ledger.acquire(lockOf('run-2'))).lock.runId, 'run-1');
    assert.equal((await ledger.readLock('production'))?.runId, 'run-1');
  });

  test('A lock goes to exactly one of many who want it', async () => {
    const { ledger } = open();
    const wanted = Array.from({ length: 20 }, (_, run) => `run-${run}`);
    const got = await Promise.all(wanted.map((run) => ledger.acquire(lockOf(run))));
    assert.equal(new Set(got.map(({ lock }) => lock.runId)).size, 1);
  });

  test('The lock of one cluster says nothing about another cluster', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    assert.equal(await ledger.readLock('staging'), undefined);
  });

  test('A lock that is given back between two calls is taken', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    store.before = (call) => {
      if (call.startsWith('read')) store.documents.delete('production/lock.json');
    };
    assert.equal((await ledger.acquire(lockOf('run-2'))).lock.runId, 'run-2');
  });

  test('A lock that comes and goes all the time is an error, not an endless loop', async () => {
    const { store, ledger } = open();
    store.before = (call) => {
      if (call.startsWith('create')) store.documents.set('production/lock.json', '{}');
      if (call.startsWith('read')) store.documents.delete('production/lock.json');
    };
    assert.equal((await failureOf(ledger.acquire(lockOf('run-1')))).name, 'LedgerError');
  });

  test('A lock is changed by its owner only, and the rest of it stays', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    assert.equal((await ledger.changeLock('production', 'run-1', { backupId: 7 })).backupId, 7);
    const error = await failureOf(ledger.changeLock('production', 'run-2', { backupId: 8 }));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /memory:production\/lock\.json any more: it is held by run-1/);
    const lock = await ledger.readLock('production');
    assert.equal(lock?.backupId, 7);
    assert.equal(lock.reason, 'test');
  });

  test('A lock that is gone cannot be changed', async () => {
    const error = await failureOf(open().ledger.changeLock('production', 'run-1', {}));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /it was released/);
  });

  test('A lock loses no change when two are made at once', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    await Promise.all([
      ledger.changeLock('production', 'run-1', { backupId: 7 }),
      ledger.changeLock('production', 'run-1', { pausedAt: '2026-11-21T09:01:00.000Z' }),
    ]);
    const lock = await ledger.readLock('production');
    assert.equal(lock?.backupId, 7);
    assert.equal(lock.pausedAt, '2026-11-21T09:01:00.000Z');
  });

  test('A lock is given back by its owner only, and that may be repeated', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    await ledger.release('production', 'run-2');
    assert(await ledger.readLock('production'));
    await ledger.release('production', 'run-1');
    await ledger.release('production', 'run-1');
    assert.equal(await ledger.readLock('production'), undefined);
  });
});

describe('A lock that is given back', () => {
  const key = 'production/lock.json';

  async function given(by = 'run-1') {
    const world = open();
    await world.ledger.acquire(lockOf(by));
    await world.ledger.release('production', by);
    return world;
  }

  test('A lock that is given back is written over, not removed: who had it last stays to be seen', async () => {
    const { store } = await given();
    assert.deepEqual(store.changes, [`create ${key}`, `replace ${key}`]);
    assert.deepEqual(JSON.parse(store.documents.get(key) ?? ''), {
      format: 1,
      cluster: 'production',
      releasedBy: 'run-1',
    });
  });

  test('A lock that was given back is taken under the condition that nobody has taken it meanwhile', async () => {
    const { store, ledger } = await given();
    assert.deepEqual(await ledger.acquire(lockOf('run-2')), {
      lock: lockOf('run-2'),
      isNew: true,
      releasedBy: 'run-1',
    });
    assert.equal(store.changes.at(-1), `replace ${key}`);
  });

  test('A lock that was given back is taken by one of many who want it at once', async () => {
    const { ledger } = await given();
    const wanted = Array.from({ length: 20 }, (_, run) => `run-${run + 2}`);
    const got = await Promise.all(wanted.map((run) => ledger.acquire(lockOf(run))));
    assert.equal(new Set(got.map(({ lock }) => lock.runId)).size, 1);
    assert.equal(got.filter(({ isNew }) => isNew).length, 1);
  });

  test('A new lock is told from the own one that is held, and from that of another run', async () => {
    const { ledger } = open();
    const first = await ledger.acquire(lockOf('run-1'));
    assert.deepEqual([first.isNew, first.releasedBy], [true, undefined]);
    const same = await ledger.acquire(lockOf('run-1'));
    assert.deepEqual([same.isNew, same.releasedBy], [false, undefined]);
    const other = await ledger.acquire(lockOf('run-2'));
    assert.deepEqual([other.isNew, other.lock.runId], [false, 'run-1']);
  });

  test('A lock is not given back twice: a late call leaves the lock of the next run alone', async () => {
    const { store, ledger } = await given();
    await ledger.acquire(lockOf('run-2'));
    const changes = store.changes.length;
    await ledger.release('production', 'run-1');
    assert.equal((await ledger.readLock('production'))?.runId, 'run-2');
    assert.equal(store.changes.length, changes);
  });

  test('A lock that the next run has taken meanwhile is left alone by a call that read it before', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    store.before = (call) => {
      if (call !== `replace ${key}`) return;
      store.before = () => undefined;
      // Between the reading and the writing of the late call.
      store.documents.set(key, JSON.stringify(lockOf('run-2')));
      store.touch(key);
    };
    await ledger.release('production', 'run-1');
    assert.equal((await ledger.readLock('production'))?.runId, 'run-2');
  });

  test('A lock is given back also while its own run changes it', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    store.before = (call) => {
      if (call !== `replace ${key}`) return;
      store.before = () => undefined;
      store.documents.set(key, JSON.stringify({ ...lockOf('run-1'), backupId: 7 }));
      store.touch(key);
    };
    await ledger.release('production', 'run-1');
    assert.equal(await ledger.readLock('production'), undefined);
  });

  test('A lock that changes all the time while it is given back is an error, not an endless loop', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    store.before = (call) => {
      if (call.startsWith('replace')) store.touch(key);
    };
    const error = await failureOf(ledger.release('production', 'run-1'));
    assert.equal(error.name, 'LedgerError');
    assert.match(error.message, /kept changing while it was given back/);
  });

  test('A lock that was given back cannot be changed any more', async () => {
    const { ledger } = await given();
    const error = await failureOf(ledger.changeLock('production', 'run-1', { backupId: 7 }));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /it was released/);
  });

  test('A lock that an earlier version removed is created', async () => {
    const { store, ledger } = await given();
    store.documents.delete(key);
    assert.deepEqual(await ledger.acquire(lockOf('run-2')), {
      lock: lockOf('run-2'),
      isNew: true,
      releasedBy: undefined,
    });
  });
});

describe('A change of the lock', () => {
  test('A change looks at the lock in the moment of the change, again where somebody was faster', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    const seen: (number | undefined)[] = [];
    const choose = (backupId: number) =>
      ledger.changeLock('production', 'run-1', (now) => {
        seen.push(now.backupId);
        return { backupId: now.backupId ?? backupId };
      });
    const both = await Promise.all([choose(7), choose(8)]);
    assert.deepEqual([...new Set(both.map(({ backupId }) => backupId))].length, 1);
    assert.deepEqual(seen, [undefined, undefined, both[0]?.backupId]);
  });

  test('A change of the lock that throws writes nothing', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    const changes = store.changes.length;
    const refuse = () => {
      throw new BackupError('LockLost', 'for another backup');
    };
    assert.equal((await failureOf(ledger.changeLock('production', 'run-1', refuse))).name, 'LockLost');
    assert.equal(store.changes.length, changes);
  });

  test('A change of the lock removes what is undefined', async () => {
    const { ledger } = open();
    await ledger.acquire({ ...lockOf('run-1'), backupId: 7, attempt: 2 });
    await ledger.changeLock('production', 'run-1', { backupId: undefined });
    assert.deepEqual(await ledger.readLock('production'), { ...lockOf('run-1'), attempt: 2 });
  });
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
    assert.equal((await ledger.lastCompleted('production'))?.backupId, 10);
    assert.equal(await ledger.lastCompleted('staging'), undefined);
  });
});

describe('A manifest that cannot be read', () => {
  test('A manifest that cannot be read is told and left out, and the others are listed, newest first', async () => {
    const store = memoryStore();
    const warnings: string[] = [];
    const reading = ledger(store, (text) => warnings.push(text));
    for (const id of [7, 9, 10]) await reading.createManifest(manifestOf(id, 'COMPLETED'));
    store.documents.set('production/backups/8/manifest.json', '{"format":2}');
    store.documents.set('production/backups/11/manifest.json', '');
    const ids: number[] = [];
    for await (const { backupId } of reading.manifests('production')) ids.push(backupId);
    assert.deepEqual(ids, [10, 9, 7]);
    assert.equal((await reading.lastCompleted('production'))?.backupId, 10);
    assert.match(warnings[0] ?? '', /backups\/11\/manifest\.json is not a document/);
    assert.match(warnings[1] ?? '', /backups\/8\/manifest\.json is not a document/);
  });

  test('A ledger that is not there is an error, not an empty list of manifests', async () => {
    const { store, ledger } = open();
    await ledger.createManifest(manifestOf(7, 'COMPLETED'));
    store.before = (call) => {
      if (call.startsWith('read')) throw new BackupError('LedgerError', 'gone');
    };
    assert.equal((await failureOf(ledger.lastCompleted('production'))).name, 'LedgerError');
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
    const books = ledger(store, (text) => warnings.push(text));
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
    { what: 'of another format', text: JSON.stringify({ ...lockOf('run-1'), format: 2 }), says: /\(format: / },
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
