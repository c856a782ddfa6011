import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../../core/errors.ts';
import { pauseOf } from '../../backup/world.ts';
import { failureOf } from '../../fakes.ts';
import { lockOf, open } from '../ledger-world.ts';

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
    assert.match(error.message, /memory:production\/lock\.json any more: run-1 holds it now/);
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
      ledger.changeLock('production', 'run-1', pauseOf({ pausedAt: '2026-11-21T09:01:00.000Z' })),
    ]);
    const lock = await ledger.readLock('production');
    assert.equal(lock?.backupId, 7);
    assert.equal(lock.pause?.pausedAt, '2026-11-21T09:01:00.000Z');
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
    assert.match(error.message, /kept changing while it was released/);
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
