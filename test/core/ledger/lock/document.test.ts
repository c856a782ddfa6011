import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { ledger } from '../../../../core/ledger/ledger.ts';
import type { Lock } from '../../../../core/ledger/lock/lock.ts';
import { pauseOf } from '../../backup/world.ts';
import { failureOf, someOwner, typed } from '../../fakes.ts';
import { memoryStore } from '../../memory-store.ts';

const key = 'production/lock.json';
const lock: Lock = {
  format: 2,
  cluster: 'production',
  runId: 'run-1',
  purpose: 'backup',
  owner: someOwner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
  backupId: 7,
  ...pauseOf({ requestedAt: '2026-11-21T09:01:00.000Z' }),
};
const newer = {
  ...lock,
  owner: { ...someOwner, pod: 'a' },
  colour: 'blue',
  pause: { ...lock.pause, proof: 'seen' },
};
/** As an earlier version wrote it: with an id that a number does not hold. */
const tooLarge = JSON.stringify(lock).replace('"backupId":7', '"backupId":20260101120000124');

function open(text: string) {
  const store = memoryStore();
  store.documents.set(key, text);
  return { store, books: ledger(store, typed) };
}

describe('Who holds a lock', () => {
  test('Who holds a lock is read also where a newer version has written more into it', async () => {
    const { books } = open(JSON.stringify(newer));
    assert.equal((await failureOf(books.readLock('production'))).name, 'LedgerCorrupt');
    const holder = await books.readHolder('production');
    assert.deepEqual(
      [holder?.runId, holder?.owner, holder?.backupId, holder?.pause?.requestedAt],
      ['run-1', someOwner, 7, '2026-11-21T09:01:00.000Z'],
    );
  });

  test('A lock that is free, also by a newer version, or was never there is held by nobody', async () => {
    const free = { format: 1, cluster: 'production', releasedBy: 'run-1', at: 'noon' };
    assert.equal(await open(JSON.stringify(free)).books.readHolder('production'), undefined);
    assert.equal(await ledger(memoryStore(), typed).readHolder('production'), undefined);
  });

  test('Who holds a lock is not guessed where what is needed for it cannot be read', async () => {
    for (const text of ['{', '{}', tooLarge, JSON.stringify({ ...lock, owner: { kind: 'pod' } })]) {
      const error = await failureOf(open(text).books.readHolder('production'));
      assert.equal(error.name, 'LedgerCorrupt');
      assert.match(error.remedy ?? '', /camunda-backup repair --cluster production --force/);
    }
  });
});

describe('A lock that cannot be read', () => {
  test('A lock that cannot be read is told from one that can, from a free one and from none', async () => {
    for (const text of [JSON.stringify(lock), '{"format":1,"cluster":"production","releasedBy":"run-1"}']) {
      assert.equal(await open(text).books.readUnreadableLock('production'), undefined);
    }
    assert.equal(await ledger(memoryStore(), typed).readUnreadableLock('production'), undefined);
    const unreadable = await open(tooLarge).books.readUnreadableLock('production');
    assert.match(unreadable?.problem.message ?? '', /backupId: Too big/);
    assert.equal(unreadable?.holder, undefined);
    const strange = await open(JSON.stringify(newer)).books.readUnreadableLock('production');
    assert.equal(strange?.holder?.runId, 'run-1');
  });

  test('A lock that cannot be read is set aside: its copy is the same text, and the lock is free', async () => {
    for (const { text, releasedBy } of [
      { text: tooLarge, releasedBy: 'run-1' },
      { text: '{ half a', releasedBy: 'unknown' },
    ] as const) {
      const { store, books } = open(text);
      const unreadable = await books.readUnreadableLock('production');
      assert(unreadable);
      const copy = await books.setLockAside('production', unreadable, '2026-11-21T10:00:00.000Z');
      assert.equal(copy, 'memory:production/lock.unreadable-20261121T100000000Z.json');
      assert.equal(store.documents.get('production/lock.unreadable-20261121T100000000Z.json'), text);
      assert.deepEqual(await books.readLockOrRelease('production'), {
        release: { format: 1, cluster: 'production', releasedBy, repaired: true },
      });
      assert.equal((await books.acquire({ ...lock, runId: 'run-2' })).isNew, true);
    }
  });

  test('A lock that cannot be read stays, without a copy, where somebody has changed it since', async () => {
    const { store, books } = open(tooLarge);
    const unreadable = await books.readUnreadableLock('production');
    assert(unreadable);
    store.documents.set(key, JSON.stringify({ ...lock, runId: 'run-2' }));
    store.touch(key);
    const error = await failureOf(books.setLockAside('production', unreadable, '2026-11-21T10:00:00.000Z'));
    assert.equal(error.name, 'LockLost');
    assert.deepEqual([...store.documents.keys()], [key]);
    assert.equal((await books.readLock('production'))?.runId, 'run-2');
  });
});
