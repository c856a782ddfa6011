import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { ComponentState } from '../../../core/components/component.ts';
import type { Snapshot } from '../../../core/components/search/engine.ts';
import { readSnapshotName } from '../../../core/components/snapshot-names.ts';
import type { StoredManifest } from '../../../core/components/zeebe/store/backup-store.ts';
import type { Held } from '../../../core/inventory/held.ts';
import { seenOf } from '../../../core/inventory/seen.ts';
import { snapshotNamed } from '../fakes.ts';
import { completed, inShort, listedEverywhere, names, snapshotsOf, world } from './world.ts';

const component = 'webApplications' as const;
const scheduledSnapshots = [1, 2].map((part) => names.webApplications(7, part));

/** The web applications with this word for backup 7, beside a repository with these snapshots. */
function held(word: ComponentState, snapshots: Snapshot[]): Held {
  const found = snapshots.flatMap(({ name }) => readSnapshotName(name) ?? []);
  return {
    lists: new Map([[component, { backups: new Map([[7, { backupId: 7, state: word }]]), isWhole: true }]]),
    repository: {
      name: 'camunda',
      names: new Map([[7, found]]),
      running: new Set(),
      read: new Map(snapshots.map((one) => [one.name, one])),
    },
  };
}

/** Zeebe with this word for backup 7, beside a store with these manifests. */
function heldInStore(word: ComponentState, stored: StoredManifest[]): Held {
  return {
    lists: new Map([['zeebe', { backups: new Map([[7, { backupId: 7, state: word }]]), isWhole: true }]]),
    store: {
      home: '/store',
      ids: new Set(stored.length > 0 ? [7] : []),
      read: new Map(stored.length > 0 ? [[7, stored]] : []),
    },
  };
}

function storedManifest(partition: number, partitions: number, state = 'COMPLETED'): StoredManifest {
  const id = { partition, backupId: 7, node: '1' };
  return { partition, node: '1', name: 'm', contents: 'c/', manifest: { id, state, partitions } };
}

const both = scheduledSnapshots.map((name) => snapshotNamed(name));
const first = both.slice(0, 1);
const partial = both.map((one) => ({
  ...one,
  state: 'PARTIAL',
  shards: { total: 2, successful: 1, failed: 1 },
}));

describe('What is seen of a component that has an own word for its backup', () => {
  for (const { what, word, snapshots, entry = { scheduledSnapshots }, state } of [
    { what: 'both agree', word: 'COMPLETED', snapshots: both, state: 'COMPLETED' },
    { what: 'the repository lacks a part', word: 'COMPLETED', snapshots: first, state: 'INCOMPLETE' },
    {
      what: 'the repository lacks a part, by the parts alone',
      word: 'COMPLETED',
      snapshots: first,
      entry: {},
      state: 'INCOMPLETE',
    },
    { what: 'a snapshot is partial', word: 'COMPLETED', snapshots: partial, state: 'FAILED' },
    { what: 'the recorded snapshots are all gone', word: 'COMPLETED', snapshots: [], state: 'ABSENT' },
    {
      what: 'the repository has none, and none were recorded',
      word: 'COMPLETED',
      snapshots: [],
      entry: { scheduledSnapshots: [] },
      state: 'COMPLETED',
    },
    { what: 'parts are still to come', word: 'IN_PROGRESS', snapshots: first, state: 'IN_PROGRESS' },
    { what: 'the component itself says FAILED', word: 'FAILED', snapshots: both, state: 'FAILED' },
    { what: 'only the repository knows', word: 'UNKNOWN', snapshots: both, state: 'COMPLETED' },
  ] satisfies {
    what: string;
    word: ComponentState;
    snapshots: Snapshot[];
    entry?: { scheduledSnapshots?: string[] };
    state: ComponentState;
  }[]) {
    test(`A component that says ${word} is ${state} if ${what}`, () => {
      assert.equal(seenOf(component, 7, held(word, snapshots), entry).state, state);
    });
  }

  for (const { what, stored, partitions, state } of [
    { what: 'all partitions', stored: [1, 2], partitions: 2, state: 'COMPLETED' },
    { what: 'one partition of two', stored: [1], partitions: 2, state: 'INCOMPLETE' },
    {
      what: 'nothing, and may be the store of another cluster',
      stored: [],
      partitions: 2,
      state: 'COMPLETED',
    },
    { what: 'a number of partitions that cannot be', stored: [1], partitions: 1e10, state: 'COMPLETED' },
  ]) {
    test(`Zeebe that says COMPLETED is ${state} if its store has ${what}`, () => {
      const manifests = stored.map((partition) => storedManifest(partition, partitions));
      const seen = seenOf('zeebe', 7, heldInStore('COMPLETED', manifests), { partitions: 2 });
      assert.equal(seen.state, state);
    });
  }

  test('A store whose manifest has a number of partitions that cannot be says nothing of the backup', () => {
    const { store } = heldInStore('COMPLETED', [storedManifest(1, 1e10)]);
    const seen = seenOf('zeebe', 7, { lists: new Map(), store }, undefined);
    assert.equal(seen.state, 'UNKNOWN');
  });

  test('Of many parts that are missing only the first are named', () => {
    const { repository } = held('COMPLETED', [snapshotNamed('camunda_webapps_7_8.8.3_part_1_of_10000')]);
    const { says } = seenOf(component, 7, { lists: new Map(), repository }, undefined);
    assert.match(says, /lacks part 2 of 10000, .*part 21 of 10000 and 9979 more of Web applications$/);
  });
});

describe('A list whose sources contradict each other', () => {
  test('A backup that has lost a part is not usable, whatever the application says of it', async () => {
    const { list } = await world({
      manifests: [completed(7)],
      listed: listedEverywhere(7),
      snapshots: snapshotsOf(7).filter(({ name }) => name !== names.webApplications(7, 2)),
    });
    const { backups, newestUsable } = await list();
    assert.deepEqual(inShort(backups), ['7 INCOMPLETE ledger 3/4']);
    assert.equal(newestUsable, null);
    assert.equal(
      backups[0]?.problem,
      `It was complete, and now the repository camunda lacks ${names.webApplications(7, 2)} of Web applications, although Web applications still lists it`,
    );
  });
});
