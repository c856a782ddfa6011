import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { type Ledger, ledger } from '../../../core/ledger/ledger.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import type { ComponentEntry, Manifest } from '../../../core/ledger/manifest.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { failureOf, someOwner, typed } from '../fakes.ts';
import { memoryStore } from '../memory-store.ts';

const cluster = 'production';
const at = '2026-11-21T09:00:00.000Z';
/** Not a number that a reader takes: it was rounded on its way. */
const tooLarge = 2 ** 53;

const lock: Lock = {
  format: 2,
  cluster,
  runId: 'run-1',
  purpose: 'backup',
  owner: someOwner,
  reason: 'test',
  acquiredAt: at,
};
const manifest: Manifest = {
  format: 1,
  backupId: 7,
  cluster,
  runId: 'run-1',
  reason: 'test',
  state: 'RUNNING',
  startedAt: at,
  order: 'PAUSE_FIRST',
  expectedComponents: ['zeebe'],
  components: [],
  exporting: { leftPaused: false },
  warnings: [],
};
const entry: ComponentEntry = {
  component: 'zeebe',
  runId: 'run-1',
  state: 'STARTED',
  url: 'http://zeebe:9600',
  requestedAt: at,
};
const memory = { watchedSince: at };

/** Every way to write a document: with what could be read again, and with what could not. */
const writes: {
  what: string;
  good: (books: Ledger) => Promise<unknown>;
  bad: (books: Ledger) => unknown;
}[] = [
  {
    what: 'the lock that is taken',
    good: (books) => books.acquire(lock),
    bad: (books) => books.acquire({ ...lock, cluster: 'other', acquiredAt: 'yesterday' }),
  },
  {
    what: 'the lock that is changed',
    good: (books) => books.changeLock(cluster, 'run-1', { backupId: 7 }),
    bad: (books) => books.changeLock(cluster, 'run-1', { backupId: tooLarge }),
  },
  {
    what: 'the manifest that is created',
    good: (books) => books.createManifest(manifest),
    bad: (books) => books.createManifest({ ...manifest, backupId: tooLarge }),
  },
  {
    what: 'the manifest that is written',
    good: (books) => writeManifest(books, manifest),
    bad: (books) => writeManifest(books, { ...manifest, endedAt: '' }),
  },
  {
    what: 'the manifest that is changed',
    good: (books) => books.changeManifest(cluster, 7, (now) => ({ ...now, state: 'FAILED' })),
    bad: (books) => books.changeManifest(cluster, 7, (now) => ({ ...now, attempt: 0 })),
  },
  {
    what: 'the entry that is created',
    good: (books) => books.createEntry(cluster, 7, entry),
    bad: (books) => books.createEntry(cluster, 8, { ...entry, partitions: Number.NaN }),
  },
  {
    what: 'the entry that is changed',
    good: (books) => books.changeEntry(cluster, 7, entry.component, (now) => ({ ...now, state: 'STARTED' })),
    bad: (books) => books.changeEntry(cluster, 7, entry.component, (now) => ({ ...now, partitions: 1.5 })),
  },
  {
    what: 'the memory of the watchdog',
    good: (books) => books.changeMemory(cluster, () => memory),
    bad: (books) => books.changeMemory(cluster, () => ({ watchedSince: 'always' })),
  },
];

describe('A document that could not be read again', () => {
  for (const { what, bad } of writes) {
    test(`A document that could not be read again is refused as a bug before it is written: ${what}`, async () => {
      const store = memoryStore();
      const books = ledger(store, typed);
      for (const { good } of writes) await good(books);
      const before = new Map(store.documents);
      const error = await failureOf(Promise.resolve().then(() => bad(books)));
      assert.equal(error.name, 'LedgerCorrupt');
      assert.match(
        error.message,
        /^This is a bug in camunda-backup: it was about to write memory:\w+\/.*\.json/,
      );
      assert.match(error.message, /could not be read again \(.+\)\. Nothing was written$/);
      assert.deepEqual(store.documents, before);
    });
  }
});
