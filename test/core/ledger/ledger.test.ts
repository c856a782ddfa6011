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

test('a ledger that has nothing of a cluster says so, and that it may be another one', async () => {
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

describe('the lock', () => {
  test('is taken where there is none', async () => {
    const { store, ledger } = open();
    assert.equal((await ledger.acquire(lockOf('run-1'))).lock.runId, 'run-1');
    assert.deepEqual([...store.documents.keys()], ['production/lock.json']);
  });

  test('that somebody holds is shown instead of taken', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    assert.equal((await ledger.acquire(lockOf('run-2'))).lock.runId, 'run-1');
    assert.equal((await ledger.readLock('production'))?.runId, 'run-1');
  });

  test('goes to exactly one of many who want it', async () => {
    const { ledger } = open();
    const wanted = Array.from({ length: 20 }, (_, run) => `run-${run}`);
    const got = await Promise.all(wanted.map((run) => ledger.acquire(lockOf(run))));
    assert.equal(new Set(got.map(({ lock }) => lock.runId)).size, 1);
  });

  test('of one cluster says nothing about another', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    assert.equal(await ledger.readLock('staging'), undefined);
  });

  test('that is given back between two calls is taken', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    store.before = (call) => {
      if (call.startsWith('read')) store.documents.delete('production/lock.json');
    };
    assert.equal((await ledger.acquire(lockOf('run-2'))).lock.runId, 'run-2');
  });

  test('that comes and goes all the time is an error, not an endless loop', async () => {
    const { store, ledger } = open();
    store.before = (call) => {
      if (call.startsWith('create')) store.documents.set('production/lock.json', '{}');
      if (call.startsWith('read')) store.documents.delete('production/lock.json');
    };
    assert.equal((await failureOf(ledger.acquire(lockOf('run-1')))).name, 'LedgerError');
  });

  test('is changed by its owner only; the rest of it stays', async () => {
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

  test('that is gone cannot be changed', async () => {
    const error = await failureOf(open().ledger.changeLock('production', 'run-1', {}));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /it was released/);
  });

  test('loses no change when two are made at once', async () => {
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

  test('is given back by its owner only, and that may be repeated', async () => {
    const { ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    await ledger.release('production', 'run-2');
    assert(await ledger.readLock('production'));
    await ledger.release('production', 'run-1');
    await ledger.release('production', 'run-1');
    assert.equal(await ledger.readLock('production'), undefined);
  });
});

describe('a lock that is given back', () => {
  const key = 'production/lock.json';

  async function given(by = 'run-1') {
    const world = open();
    await world.ledger.acquire(lockOf(by));
    await world.ledger.release('production', by);
    return world;
  }

  test('is written over, not removed: who had it last stays to be seen', async () => {
    const { store } = await given();
    assert.deepEqual(store.changes, [`create ${key}`, `replace ${key}`]);
    assert.deepEqual(JSON.parse(store.documents.get(key) ?? ''), {
      format: 1,
      cluster: 'production',
      releasedBy: 'run-1',
    });
  });

  test('is free, and is taken under the condition that nobody has taken it meanwhile', async () => {
    const { store, ledger } = await given();
    assert.deepEqual(await ledger.acquire(lockOf('run-2')), {
      lock: lockOf('run-2'),
      isNew: true,
      releasedBy: 'run-1',
    });
    assert.equal(store.changes.at(-1), `replace ${key}`);
  });

  test('is taken by one of many who want it at once', async () => {
    const { ledger } = await given();
    const wanted = Array.from({ length: 20 }, (_, run) => `run-${run + 2}`);
    const got = await Promise.all(wanted.map((run) => ledger.acquire(lockOf(run))));
    assert.equal(new Set(got.map(({ lock }) => lock.runId)).size, 1);
    assert.equal(got.filter(({ isNew }) => isNew).length, 1);
  });

  test('is told from one that was never there, and from one that is held', async () => {
    const { ledger } = open();
    const first = await ledger.acquire(lockOf('run-1'));
    assert.deepEqual([first.isNew, first.releasedBy], [true, undefined]);
    const same = await ledger.acquire(lockOf('run-1'));
    assert.deepEqual([same.isNew, same.releasedBy], [false, undefined]);
    const other = await ledger.acquire(lockOf('run-2'));
    assert.deepEqual([other.isNew, other.lock.runId], [false, 'run-1']);
  });

  test('is not given back twice: a call that is late leaves the lock of the next run alone', async () => {
    const { store, ledger } = await given();
    await ledger.acquire(lockOf('run-2'));
    const changes = store.changes.length;
    await ledger.release('production', 'run-1');
    assert.equal((await ledger.readLock('production'))?.runId, 'run-2');
    assert.equal(store.changes.length, changes);
  });

  test('by a call that read it before the next run took it leaves that one alone', async () => {
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

  test('while its own run changes it is given back all the same', async () => {
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

  test('and never stays the same is an error, not an endless loop', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    store.before = (call) => {
      if (call.startsWith('replace')) store.touch(key);
    };
    const error = await failureOf(ledger.release('production', 'run-1'));
    assert.equal(error.name, 'LedgerError');
    assert.match(error.message, /kept changing while it was given back/);
  });

  test('cannot be changed any more', async () => {
    const { ledger } = await given();
    const error = await failureOf(ledger.changeLock('production', 'run-1', { backupId: 7 }));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /it was released/);
  });

  test('was removed by an earlier version: then it is created', async () => {
    const { store, ledger } = await given();
    store.documents.delete(key);
    assert.deepEqual(await ledger.acquire(lockOf('run-2')), {
      lock: lockOf('run-2'),
      isNew: true,
      releasedBy: undefined,
    });
  });
});

describe('a change of the lock', () => {
  test('may look at the lock in the moment of the change, again where somebody was faster', async () => {
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

  test('that throws writes nothing', async () => {
    const { store, ledger } = open();
    await ledger.acquire(lockOf('run-1'));
    const changes = store.changes.length;
    const refuse = () => {
      throw new BackupError('LockLost', 'for another backup');
    };
    assert.equal((await failureOf(ledger.changeLock('production', 'run-1', refuse))).name, 'LockLost');
    assert.equal(store.changes.length, changes);
  });

  test('removes what is undefined', async () => {
    const { ledger } = open();
    await ledger.acquire({ ...lockOf('run-1'), backupId: 7, attempt: 2 });
    await ledger.changeLock('production', 'run-1', { backupId: undefined });
    assert.deepEqual(await ledger.readLock('production'), { ...lockOf('run-1'), attempt: 2 });
  });
});

describe('manifests', () => {
  test('are created once', async () => {
    const { ledger } = open();
    assert.equal(await ledger.createManifest(manifestOf(7)), true);
    assert.equal(await ledger.createManifest(manifestOf(7, 'FAILED')), false);
    assert.equal((await ledger.readManifest('production', 7))?.state, 'RUNNING');
  });

  test('are found where it is said', async () => {
    const { store, ledger } = open();
    await ledger.createManifest(manifestOf(7));
    assert.equal(ledger.manifestLocation('production', 7), 'memory:production/backups/7/manifest.json');
    assert(store.documents.has('production/backups/7/manifest.json'));
  });

  test('of one cluster only are seen, and every id counts, sorted as numbers', async () => {
    const { ledger, store } = open();
    for (const id of [100, 9, 20]) await ledger.createManifest(manifestOf(id));
    await ledger.createManifest({ ...manifestOf(500), cluster: 'production-2' });
    store.documents.set('production/backups/30/components/zeebe.json', '{}');
    store.documents.set('production/backups/readme.txt', '');
    assert.deepEqual(await ledger.backupIds('production'), [9, 20, 30, 100]);
  });

  test('the last completed one is the newest that is COMPLETED', async () => {
    const { ledger } = open();
    await ledger.createManifest(manifestOf(9, 'COMPLETED'));
    await ledger.createManifest(manifestOf(10, 'COMPLETED'));
    await ledger.createManifest(manifestOf(11, 'FAILED'));
    await ledger.createManifest(manifestOf(12, 'RUNNING'));
    assert.equal((await ledger.lastCompleted('production'))?.backupId, 10);
    assert.equal(await ledger.lastCompleted('staging'), undefined);
  });
});

describe('a manifest that cannot be read', () => {
  test('is said and left out; the others are listed, newest first', async () => {
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

  test('because the ledger is not there is an error: no list is not an empty one', async () => {
    const { store, ledger } = open();
    await ledger.createManifest(manifestOf(7, 'COMPLETED'));
    store.before = (call) => {
      if (call.startsWith('read')) throw new BackupError('LedgerError', 'gone');
    };
    assert.equal((await failureOf(ledger.lastCompleted('production'))).name, 'LedgerError');
  });
});

describe('entries of components', () => {
  const entry = {
    component: 'zeebe' as const,
    runId: 'run-1',
    state: 'REQUESTED' as const,
    url: 'http://zeebe:9600',
    requestedAt: '2026-11-21T09:00:00.000Z',
  };

  test('are changed by two at once without losing either change', async () => {
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

  test('that are not there are not made by a change', async () => {
    const { ledger, store } = open();
    const change = ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'FAILED' }));
    assert.equal(await change, undefined);
    assert.equal(store.documents.size, 0);
  });

  test('are created once, and then written', async () => {
    const { ledger } = open();
    assert.equal(await ledger.createEntry('production', 7, entry), true);
    assert.equal(await ledger.createEntry('production', 7, { ...entry, runId: 'run-2' }), false);
    await ledger.changeEntry('production', 7, 'zeebe', (now) => ({ ...now, state: 'STARTED' }));
    assert.equal((await ledger.readEntry('production', 7, 'zeebe'))?.state, 'STARTED');
  });

  test('are all read, of one backup', async () => {
    const { ledger } = open();
    await ledger.createEntry('production', 7, entry);
    await ledger.createEntry('production', 7, { ...entry, component: 'records' });
    await ledger.createEntry('production', 8, { ...entry, component: 'operate' });
    const components = (await ledger.readEntries('production', 7)).map(({ component }) => component);
    assert.deepEqual(components.sort(), ['records', 'zeebe']);
  });

  test('are read as far as they can be: one that cannot keeps no run from ending', async () => {
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

describe('a document that this version did not write', () => {
  for (const { what, text, says } of [
    { what: 'no JSON', text: '{', says: /\(not JSON\)/ },
    { what: 'another format', text: JSON.stringify({ ...lockOf('run-1'), format: 2 }), says: /\(format: / },
    {
      what: 'a field that is not known',
      text: JSON.stringify({ ...lockOf('run-1'), colour: 'blue' }),
      says: /colour/,
    },
    {
      what: 'a free lock of another format',
      text: JSON.stringify({ format: 2, cluster: 'production', releasedBy: 'run-1' }),
      says: /\(format: /,
    },
  ] as const) {
    test(`is corrupt, with its place and a way out: ${what}`, async () => {
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
