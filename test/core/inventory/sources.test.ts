import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import type { ListedBackup } from '../../../core/inventory/backup.ts';
import { folderWith } from '../components/zeebe/store/store-world.ts';
import { forms } from '../components/zeebe/store/written-by-hand.ts';
import { yaml88 } from '../fake-cluster.ts';
import { json, snapshotNamed } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { failed, lists } from '../repair/leftovers-world.ts';
import { completed, inShort, listedEverywhere, snapshotsOf, world } from './world.ts';

const never = () => new Promise<never>(() => {});

/** A backup of the ledger and one from elsewhere. */
const both = {
  manifests: [completed(7)],
  listed: listedEverywhere(7, 8),
  snapshots: [...snapshotsOf(7), ...snapshotsOf(8)],
};

async function answers({ list }: Awaited<ReturnType<typeof world>>) {
  const { backups, sources, newestUsable } = await list();
  return {
    shown: inShort(backups),
    usable: newestUsable?.backupId,
    silent: sources.filter(({ answered }) => !answered).map(({ name }) => name),
    says: sources.flatMap(({ says }) => says ?? []),
  };
}

describe('A source that cannot be asked', () => {
  test('A repository that gives no answer is left out after two seconds, and the list says so', async () => {
    const set = await world(both);
    set.search.snapshotNames = never;
    const began = set.context.clock.now();
    const { shown, usable, silent, says } = await answers(set);
    // The records are only in the repository.
    assert.deepEqual(shown, ['8 UNKNOWN elsewhere 3/4', '7 COMPLETED ledger 4/4']);
    assert.equal(usable, 7);
    assert.deepEqual(silent, ['repository']);
    assert.deepEqual(says, ['there was no answer within 2 s']);
    assert.equal(set.context.clock.now() - began, 2000);
  });

  test('Snapshots that are not read in time leave the rest of the list as it is', async () => {
    const set = await world(both);
    set.search.snapshots = never;
    const { shown, silent } = await answers(set);
    assert.deepEqual(shown, ['8 UNKNOWN elsewhere 3/4', '7 COMPLETED ledger 4/4']);
    assert.deepEqual(silent, ['repository']);
  });

  test('A component that cannot list its backups is named, and no backup is called lost for that', async () => {
    const set = await world(both);
    for (const call of [lists.zeebe, `${lists.zeebe}/1795*`]) {
      set.fake.replies[call] = json(500, { message: 'the store is down' });
    }
    const { shown, silent, says } = await answers(set);
    assert.deepEqual(shown, ['8 UNKNOWN elsewhere 3/4', '7 COMPLETED ledger 4/4']);
    assert.deepEqual(silent, ['zeebe']);
    assert.match(says[0] ?? '', /^Zeebe could not list all of its backups: .*the store is down/);
  });

  test('Without a ledger that can be reached, the list shows what the others hold, and does not say who made it', async () => {
    const set = await world(both);
    set.context.store.before = ledgerTrouble;
    const { shown, usable, silent } = await answers(set);
    assert.deepEqual(shown, ['8 COMPLETED unknown 4/4', '7 COMPLETED unknown 4/4']);
    assert.equal(usable, undefined);
    assert.deepEqual(silent, ['ledger']);
  });

  test('A ledger that never answers keeps nobody waiting for longer than two seconds', async () => {
    const set = await world(both);
    const began = set.context.clock.now();
    set.context.ledger = { ...set.context.ledger, newestIds: never };
    const { shown, silent } = await answers(set);
    assert.deepEqual(shown, ['8 COMPLETED unknown 4/4', '7 COMPLETED unknown 4/4']);
    assert.deepEqual(silent, ['ledger']);
    assert.equal(set.context.clock.now() - began, 2000);
  });

  test('A ledger without any record of the cluster is told apart from one that has backups', async () => {
    const set = await world({ listed: listedEverywhere(8), snapshots: snapshotsOf(8) });
    const { shown, silent, says } = await answers(set);
    assert.deepEqual(shown, ['8 COMPLETED elsewhere 4/4']);
    assert.deepEqual(silent, []);
    assert.match(says[0] ?? '', /^The ledger memory: has no record of production: /);
  });

  test('Backups whose ids are too long for this tool are named, and not shown', async () => {
    const set = await world({
      ...both,
      snapshots: [...both.snapshots, snapshotNamed('camunda_zeebe_records_backup_20261127224011001')],
    });
    const { shown, silent, says } = await answers(set);
    assert.deepEqual(shown, ['8 COMPLETED elsewhere 4/4', '7 COMPLETED ledger 4/4']);
    assert.deepEqual(silent, []);
    assert.deepEqual(says, [
      'The repository camunda has backups whose ids are too long for camunda-backup, and which are not shown: 20261127224011001',
    ]);
  });
});

describe("Zeebe's backup store, if nothing of Camunda answers", () => {
  for (const { form, write, version, created } of forms) {
    test(`The backups in the store are listed: ${form}`, async () => {
      const folder = folderWith({ ...write(7), ...write(6) });
      const yaml = yaml88.replace('zeebe: { url:', `zeebe: { store: { folder: ${folder} }, url:`);
      const set = await world({
        yaml,
        manifests: [completed(7)],
        snapshots: [...snapshotsOf(7), ...snapshotsOf(6)],
      });
      set.stopCamunda();
      // Files take real time.
      set.context.clock.sleep = never;
      const { backups } = await set.list();
      assert.deepEqual(inShort(backups), ['7 COMPLETED ledger 4/4', '6 COMPLETED elsewhere 4/4']);
      assert.equal(backups[1]?.version, version);
      assert.equal(backups[1]?.createdAt, created < '2026-11-21' ? created : undefined);
    });
  }

  for (const { what, change, state, problem } of [
    {
      what: 'lacks a partition',
      change: (files: Record<string, string>) =>
        Object.fromEntries(Object.entries(files).filter(([name]) => !name.includes('/2/'))),
      state: 'INCOMPLETE',
      problem: /^Partition 2 is ABSENT in the backup store /,
    },
    {
      what: 'has a manifest that is not known',
      change: (files: Record<string, string>) => ({ ...files, 'manifests/2/6/0/manifest.json': '[]' }),
      state: 'UNKNOWN',
      problem:
        /^The backup store .* has a manifest in a form that is not known \(manifests\/2\/6\/0\/manifest\.json\)$/,
    },
    {
      what: 'has a failed partition',
      change: (files: Record<string, string>) =>
        Object.fromEntries(
          Object.entries(files).map(([name, text]) => [
            name,
            name.startsWith('manifests/1/') ? text.replace('COMPLETED', 'FAILED') : text,
          ]),
        ),
      state: 'FAILED',
      problem: /^Partition 1 is FAILED in the backup store /,
    },
  ]) {
    test(`A backup from elsewhere is ${state} if the store ${what}`, async () => {
      const write = forms.at(-1)?.write;
      assert(write);
      const folder = folderWith(change(write(6)));
      const yaml = yaml88.replace('zeebe: { url:', `zeebe: { store: { folder: ${folder} }, url:`);
      const set = await world({ yaml, snapshots: snapshotsOf(6) });
      set.stopCamunda();
      set.context.clock.sleep = never;
      const [backup] = (await set.list()).backups;
      assert.equal(backup?.state, state);
      assert.match(backup?.problem ?? '', problem);
    });
  }
});

describe('Which backups a list shows', () => {
  const ids = Array.from({ length: 50 }, (_, index) => index + 1);
  const at = (id: number) => new Date(Date.parse('2026-11-21T00:00:00.000Z') + id * 600_000).toISOString();
  const manifests = ids.map((id) => completed(id, { startedAt: at(id), ...(id % 10 === 0 ? failed : {}) }));
  const many = { manifests };
  const idsOf = (backups: ListedBackup[]) => backups.map(({ backupId }) => backupId);

  async function quiet() {
    const set = await world(many);
    set.stopCamunda();
    set.search.snapshotNames = async () => {
      throw new BackupError('Unreachable', 'down');
    };
    return set;
  }

  test('A list shows as many as are wanted, and says whether there are more', async () => {
    const { list } = await quiet();
    const { backups, more } = await list({ limit: 3 });
    assert.deepEqual([idsOf(backups), more], [[50, 49, 48], true]);
    const all = await list({ limit: 50 });
    assert.deepEqual([all.backups.length, all.more], [50, false]);
  });

  test('A list of some states looks further back for them', async () => {
    const { list } = await quiet();
    const { backups, more, newestUsable } = await list({ limit: 3, states: ['FAILED'] });
    assert.deepEqual([idsOf(backups), more], [[50, 40, 30], true]);
    assert.equal(newestUsable?.backupId, 49);
    assert.deepEqual(idsOf((await list({ states: ['FAILED'] })).backups), [50, 40, 30, 20, 10]);
  });

  test('A list of the last backups ends at its moment', async () => {
    const { list } = await quiet();
    const { backups, more } = await list({ since: at(47) });
    assert.deepEqual([idsOf(backups), more], [[50, 49, 48, 47], false]);
  });

  test('The most recent usable backup is found also where it is not shown', async () => {
    const set = await quiet();
    for (const id of ids.slice(5)) {
      const key = `production/backups/${id}/manifest.json`;
      set.context.store.documents.set(
        key,
        set.context.store.documents.get(key)?.replace('"COMPLETED"', '"FAILED"') ?? '',
      );
    }
    const { newestUsable, backups } = await set.list({ limit: 2 });
    assert.deepEqual([idsOf(backups), newestUsable?.backupId], [[50, 49], 5]);
  });

  test('After a disaster in which all backups have lost their parts, no more than the newest 200 are looked at', async () => {
    const set = await world({
      manifests: Array.from({ length: 250 }, (_, index) => completed(index + 1)),
      snapshots: [],
    });
    const read = new Set<string>();
    set.context.store.before = (call) => read.add(call);
    const { newestUsable, backups, more } = await set.list({ limit: 2 });
    assert.equal(newestUsable, null);
    assert.deepEqual([backups.map(({ state }) => state), more], [['INCOMPLETE', 'INCOMPLETE'], true]);
    assert.equal([...read].filter((call) => /^read .*manifest\.json$/.test(call)).length, 200);
  });

  test('A ledger that stops to answer is not waited for again and again', async () => {
    const set = await quiet();
    const began = set.context.clock.now();
    set.context.ledger = { ...set.context.ledger, readManifest: never };
    const { backups, sources } = await set.list({ states: ['FAILED'] });
    assert.deepEqual(backups, []);
    assert.match(sources[0]?.says ?? '', /^there was no answer within 2 s$/);
    assert.equal(set.context.clock.now() - began, 2000);
  });

  test('Only the manifests that are shown are read, and one list of ids is enough', async () => {
    const set = await quiet();
    const calls: string[] = [];
    set.context.store.before = (call) => calls.push(call);
    await set.list({ limit: 20 });
    const reads = calls.filter((call) => /^read .*manifest\.json$/.test(call));
    assert.equal(new Set(reads).size, reads.length);
    assert.ok(reads.length <= 21, `${reads.length}`);
  });
});
