import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deleteLeftovers } from '../../../core/backup/delete-leftovers.ts';
import { findLeftovers, type Leftover } from '../../../core/backup/leftovers.ts';
import type { ComponentEntry, Manifest } from '../../../core/ledger/manifest.ts';
import type { Snapshot } from '../../../core/search/engine.ts';
import { at, cluster87, cluster88, indexOf, yaml87, yaml88 } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, noAnswer, snapshotNamed, testContext, webPage } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { operate as operateAnswers, tasklist as tasklistAnswers } from '../recorded.ts';
import { entryOf, holdLock, manifest } from './world.ts';

const lists = {
  zeebe: `GET ${at.zeebe}/actuator/backupRuntime`,
  webApplications: `GET ${at.zeebe}/actuator/backupHistory`,
  optimize: `GET ${at.optimize}/actuator/backups`,
};
type Listed = Partial<Record<keyof typeof lists, Record<number, string>>>;

const failed: Partial<Manifest> = {
  state: 'FAILED',
  failure: { error: 'ComponentTimedOut', message: 'late' },
};

/** A cluster of 8.8 whose components list these states by id, beside a ledger with these manifests. */
async function setUp({
  listed = {},
  snapshots = [],
  manifests = [],
  entries = [],
  yaml = yaml88,
  fake = cluster88(),
}: {
  listed?: Listed;
  snapshots?: Snapshot[];
  manifests?: Partial<Manifest>[];
  entries?: [id: number, entry: ComponentEntry][];
  yaml?: string;
  fake?: ReturnType<typeof cluster88>;
} = {}) {
  for (const component of ['zeebe', 'webApplications', 'optimize'] as const) {
    const states = Object.entries(listed[component] ?? {});
    if (states.length === 0) continue;
    fake.replies[lists[component]] = json(
      200,
      states.map(([id, state]) => ({ backupId: Number(id), state, details: [] })),
    );
  }
  const deletedSnapshots: string[] = [];
  const search = fakeSearch(snapshots, {
    deleteSnapshot: async (_, name) => {
      deletedSnapshots.push(name);
    },
  });
  const context = testContext({ yaml, http: fake.http, search });
  for (const one of manifests) await context.ledger.createManifest({ ...manifest, ...one });
  for (const [id, entry] of entries) await context.ledger.createEntry('production', id, entry);
  const { clusters } = await context.config();
  const config = clusters['production'];
  assert(config);
  return {
    fake,
    context,
    search,
    deletedSnapshots,
    find: (ended?: number[]) => findLeftovers('production', config, context, ended ? { ended } : {}),
  };
}

const inShort = (leftovers: Leftover[]) =>
  leftovers.map(({ backupId, component, state, kind }) => `${backupId} ${component} ${state} ${kind}`);
const started = (component: ComponentEntry['component']) => entryOf(component, { state: 'STARTED' });

describe('what a component has of a backup', () => {
  test('that is COMPLETED, or that there is none of, is nothing left over', async () => {
    const world = await setUp({
      listed: { zeebe: { 7: 'COMPLETED', 6: 'DELETED' }, optimize: { 7: 'COMPLETED' } },
      manifests: [{ state: 'COMPLETED' }, { ...failed, backupId: 6 }],
    });
    const { leftovers, asked, unasked } = await world.find();
    assert.deepEqual(leftovers, []);
    assert.deepEqual(unasked, []);
    assert.deepEqual(asked, ['zeebe', 'webApplications', 'optimize', 'records']);
  });

  test('that FAILED is ours where the ledger says that its run has started it', async () => {
    const world = await setUp({
      listed: {
        zeebe: { 7: 'COMPLETED' },
        webApplications: { 7: 'IN_PROGRESS' },
        optimize: { 7: 'INCOMPLETE' },
      },
      snapshots: [snapshotNamed('camunda_zeebe_records_backup_7', { state: 'PARTIAL' })],
      manifests: [failed],
      entries: [
        [7, entryOf('zeebe')],
        [7, started('webApplications')],
        [7, entryOf('optimize', { state: 'FAILED' })],
        [7, started('records')],
      ],
    });
    const { leftovers } = await world.find();
    assert.deepEqual(inShort(leftovers), [
      '7 zeebe COMPLETED ours',
      '7 webApplications IN_PROGRESS ours',
      '7 optimize INCOMPLETE ours',
      '7 records FAILED ours',
    ]);
    assert.equal(leftovers[0]?.why, 'a part is left, and its backup FAILED (ComponentTimedOut)');
    assert.equal(leftovers[1]?.why, 'still at work, although its backup FAILED (ComponentTimedOut)');
    for (const { whatToDo } of leftovers) {
      assert.equal(whatToDo, 'camunda-backup repair --cluster production --delete-leftovers');
    }
  });

  test('whose run is gone, as a repair that is tried out finds it, is not yet called FAILED', async () => {
    const world = await setUp({
      listed: { webApplications: { 7: 'IN_PROGRESS' } },
      manifests: [manifest],
      entries: [[7, started('webApplications')]],
    });
    const { leftovers } = await world.find([7]);
    assert.deepEqual(inShort(leftovers), ['7 webApplications IN_PROGRESS ours']);
    assert.equal(leftovers[0]?.why, 'still at work, although the run of its backup is gone');
  });

  for (const { what, entry } of [
    { what: 'was only asked for it', entry: entryOf('zeebe', { state: 'REQUESTED' }) },
    { what: 'was refused by it', entry: entryOf('zeebe', { state: 'REQUESTED', refused: true }) },
    { what: 'has written nothing of it', entry: undefined },
    { what: 'is another one than the entry’s', entry: entryOf('zeebe', { runId: 'run-2' }) },
  ] as const) {
    test(`that FAILED is not proven to be ours where its run ${what}`, async () => {
      const world = await setUp({
        listed: { zeebe: { 7: 'COMPLETED' } },
        manifests: [failed],
        entries: entry ? [[7, entry]] : [],
      });
      const { leftovers } = await world.find();
      assert.deepEqual(inShort(leftovers), ['7 zeebe COMPLETED unproven']);
      assert.match(
        leftovers[0]?.whatToDo ?? '',
        /by hand: curl -X DELETE http:\/\/zeebe:9600\/actuator\/backupRuntime\/7$/,
      );
    });
  }

  test('that FAILED is not proven to be ours where the entry cannot be read', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'COMPLETED' } }, manifests: [failed] });
    world.context.store.documents.set('production/backups/7/components/zeebe.json', '{');
    assert.deepEqual(inShort((await world.find()).leftovers), ['7 zeebe COMPLETED unproven']);
  });

  test('that the ledger does not know is foreign; the call that deletes it is there unless it is COMPLETED', async () => {
    const world = await setUp({
      listed: {
        zeebe: { 3: 'COMPLETED', 4: 'IN_PROGRESS' },
        webApplications: { 4: 'FAILED' },
        optimize: { 4: 'COMPLETED' },
      },
      snapshots: [snapshotNamed('camunda_zeebe_records_backup_4')],
      // Entries without a manifest: it was removed.
      entries: [[4, entryOf('zeebe')]],
    });
    const { leftovers } = await world.find();
    assert.deepEqual(inShort(leftovers), [
      '3 zeebe COMPLETED foreign',
      '4 zeebe IN_PROGRESS foreign',
      '4 webApplications FAILED foreign',
      '4 optimize COMPLETED foreign',
      '4 records COMPLETED foreign',
    ]);
    assert.match(leftovers[0]?.why ?? '', /^this ledger does not know it: another ledger, another tool/);
    const byHand = 'If nobody needs it, delete it by hand: curl -X DELETE http://zeebe:9600/actuator';
    assert.deepEqual(
      leftovers.map(({ whatToDo }) => whatToDo),
      [
        'Nothing. Whoever made it deletes it.',
        `Find out who is making it (two ledgers, another tool). ${byHand}/backupRuntime/4`,
        `${byHand}/backupHistory/4`,
        'Nothing. Whoever made it deletes it.',
        'Nothing. Whoever made it deletes it.',
      ],
    );
  });

  test('that is COMPLETED, and at which the component still works, is told and never to be deleted', async () => {
    const world = await setUp({
      listed: { optimize: { 7: 'IN_PROGRESS' } },
      manifests: [{ state: 'COMPLETED' }],
      entries: [[7, entryOf('optimize')]],
    });
    const { leftovers } = await world.find();
    assert.deepEqual(inShort(leftovers), ['7 optimize IN_PROGRESS complete']);
    assert.match(leftovers[0]?.whatToDo ?? '', /^Do not delete it/);
  });

  test('whose manifest cannot be read is unknown: it may be COMPLETED', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'COMPLETED' } } });
    world.context.store.documents.set('production/backups/7/manifest.json', '{"format":2}');
    const { leftovers } = await world.find();
    assert.deepEqual(inShort(leftovers), ['7 zeebe COMPLETED unknown']);
    assert.match(
      leftovers[0]?.whatToDo ?? '',
      /^Do not delete it yet\..*7\/manifest\.json is not a document/,
    );
  });
});

describe('a backup that somebody is at work on', () => {
  test('is left out: the lock is its own, whatever its manifest says', async () => {
    for (const one of [{ state: 'RUNNING' }, failed] as const) {
      const world = await setUp({
        listed: { zeebe: { 6: 'FAILED', 7: 'IN_PROGRESS' } },
        manifests: [one],
        entries: [[7, started('zeebe')]],
      });
      await holdLock(world.context);
      assert.deepEqual(inShort((await world.find()).leftovers), ['6 zeebe FAILED foreign']);
    }
  });

  test('is left out also before its manifest is written', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'IN_PROGRESS' } } });
    await holdLock(world.context);
    assert.deepEqual((await world.find()).leftovers, []);
  });

  test('and that began while the components were asked is not taken for a foreign one', async () => {
    const world = await setUp();
    world.fake.replies[lists.zeebe] = () => {
      const text = JSON.stringify({ ...manifest, backupId: 9 });
      world.context.store.documents.set('production/backups/9/manifest.json', text);
      return json(200, [{ backupId: 9, state: 'IN_PROGRESS', details: [] }]);
    };
    assert.deepEqual((await world.find()).leftovers, []);
  });

  test('counts as ended where a repair is only tried out', async () => {
    const world = await setUp({
      listed: { zeebe: { 7: 'IN_PROGRESS' } },
      manifests: [{ state: 'RUNNING' }],
      entries: [[7, started('zeebe')]],
    });
    await holdLock(world.context);
    assert.deepEqual(inShort((await world.find([7])).leftovers), ['7 zeebe IN_PROGRESS ours']);
  });
});

describe('to look', () => {
  test('is to ask for lists and nothing else: nothing is written anywhere', async () => {
    const world = await setUp({
      listed: { zeebe: { 7: 'COMPLETED' } },
      manifests: [failed],
      entries: [[7, started('zeebe')]],
    });
    const before = world.context.store.changes.length;
    await world.find();
    assert(world.fake.calls().every((call) => call.startsWith('GET ')));
    assert.equal(world.context.store.changes.length, before);
    assert.deepEqual(world.search.created, []);
    assert.equal(world.search.opened, world.search.closed);
  });

  test('finds the components of 8.7 too', async () => {
    const fake = cluster87();
    fake.replies[`GET ${at.operate}/actuator/backups`] = json(200, [{ backupId: 5, state: 'COMPLETED' }]);
    const world = await setUp({ yaml: yaml87, fake });
    const { leftovers, asked } = await world.find();
    assert.deepEqual(inShort(leftovers), ['5 operate COMPLETED foreign']);
    assert.deepEqual(asked, ['zeebe', 'operate', 'tasklist', 'records']);
  });

  test('needs no index page where the version is configured', async () => {
    const fake = cluster88();
    const noIndex = json(404, { status: 404, error: 'Not Found', path: '/actuator' });
    fake.replies[`GET ${at.zeebe}/actuator`] = noIndex;
    fake.replies[`GET ${at.optimize}/actuator`] = noIndex;
    const yaml = yaml88.replace('production:', 'production:\n    version: "8.8"');
    const { asked, unasked } = await (await setUp({ yaml, fake })).find();
    assert.deepEqual(unasked, []);
    assert.equal(asked.length, 4);
  });

  for (const { what, key, reply, says } of [
    {
      what: 'cannot be reached',
      key: `GET ${at.optimize}/actuator`,
      reply: noAnswer(at.optimize),
      says: /ECONNREFUSED/,
    },
    {
      what: 'does not list',
      key: lists.optimize,
      reply: json(503, {}),
      says: /Optimize answered GET .* with 503/,
    },
    { what: 'is a web page', key: `GET ${at.optimize}/actuator`, reply: webPage, says: /HTML page/ },
    {
      what: 'has no such endpoint',
      key: `GET ${at.optimize}/actuator`,
      reply: indexOf('health'),
      says: /no backup endpoint/,
    },
  ] as const) {
    test(`asks the others when one ${what}, and says that it is not known`, async () => {
      const world = await setUp({ listed: { zeebe: { 3: 'FAILED' } } });
      world.fake.replies[key] = reply;
      const { leftovers, asked, unasked } = await world.find();
      assert.deepEqual(inShort(leftovers), ['3 zeebe FAILED foreign']);
      assert.deepEqual(asked, ['zeebe', 'webApplications', 'records']);
      assert.deepEqual(
        unasked.map(({ component }) => component),
        ['optimize'],
      );
      assert.match(unasked[0]?.problem.message ?? '', says);
    });
  }

  test('asks a component that cannot list its backups for those that a failed run has started there', async () => {
    const fake = cluster87();
    const tasklist = `GET ${at.tasklist}/actuator/backups`;
    fake.replies[tasklist] = tasklistAnswers.listUnreadable;
    fake.replies[`${tasklist}/3`] = tasklistAnswers.oneUnreadable;
    fake.replies[`${tasklist}/4`] = json(404, { message: 'No backup with id [4] found.' });
    const world = await setUp({
      yaml: yaml87,
      fake,
      manifests: [
        { backupId: 2, state: 'COMPLETED' },
        { ...failed, backupId: 3 },
        { ...failed, backupId: 4 },
        { ...failed, backupId: 5 },
      ],
      entries: [
        [2, started('tasklist')],
        [3, started('tasklist')],
        [4, started('tasklist')],
        [5, entryOf('tasklist', { state: 'REQUESTED' })],
      ],
    });
    const { leftovers, asked, unasked } = await world.find();
    assert.deepEqual(inShort(leftovers), ['3 tasklist FAILED ours']);
    assert.deepEqual(asked, ['zeebe', 'operate', 'records']);
    assert.deepEqual(
      unasked.map(({ component, problem }) => `${component} ${problem.name}`),
      ['tasklist ListUnreadable'],
    );
    fake.replies[`DELETE ${at.tasklist}/actuator/backups/3`] = operateAnswers.deleted;
    const { deleted, problems } = await deleteLeftovers('production', leftovers, world.context);
    assert.deepEqual(problems, []);
    assert.deepEqual(inShort(deleted), ['3 tasklist FAILED ours']);
  });

  test('is repeated once where an answer was lost', async () => {
    const world = await setUp();
    for (const key of [`GET ${at.optimize}/actuator`, lists.zeebe]) {
      const works = world.fake.replies[key];
      assert(works && 'text' in works);
      world.fake.replies[key] = [noAnswer(), works];
    }
    const { snapshotNames } = world.search;
    world.search.snapshotNames = async () => {
      world.search.snapshotNames = snapshotNames;
      throw noAnswer();
    };
    const { asked, unasked } = await world.find();
    assert.deepEqual(unasked, []);
    assert.equal(asked.length, 4);
  });

  test('at a search engine that cannot be asked is said too', async () => {
    const world = await setUp();
    world.search.snapshotNames = async () => {
      throw noAnswer('http://es:9200');
    };
    const { unasked } = await world.find();
    assert.deepEqual(
      unasked.map(({ component }) => component),
      ['records'],
    );
    assert.equal(world.search.opened, world.search.closed);
  });

  test('without the ledger is an error: nothing is foreign because the ledger is gone', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'COMPLETED' } } });
    world.context.store.before = ledgerTrouble;
    assert.equal((await failureOf(world.find())).name, 'LedgerError');
  });
});

describe('to delete leftovers', () => {
  /** One of every kind. */
  async function everyKind() {
    const world = await setUp({
      listed: {
        zeebe: { 3: 'FAILED', 5: 'FAILED', 6: 'COMPLETED', 7: 'IN_PROGRESS' },
        optimize: { 6: 'IN_PROGRESS', 7: 'FAILED', 8: 'FAILED' },
      },
      snapshots: [snapshotNamed('camunda_zeebe_records_backup_7')],
      manifests: [failed, { ...failed, backupId: 5 }, { backupId: 6, state: 'COMPLETED' }],
      entries: [
        [5, entryOf('zeebe', { state: 'REQUESTED' })],
        [6, entryOf('zeebe')],
        [6, entryOf('optimize')],
        [7, started('zeebe')],
        [7, entryOf('optimize', { state: 'FAILED' })],
        [7, started('records')],
      ],
    });
    world.context.store.documents.set('production/backups/8/manifest.json', '{');
    for (const url of [`${at.zeebe}/actuator/backupRuntime/7`, `${at.optimize}/actuator/backups/7`]) {
      world.fake.replies[`DELETE ${url}`] = json(204, '');
    }
    const { leftovers } = await world.find();
    assert.deepEqual([...new Set(leftovers.map(({ kind }) => kind))].sort(), [
      'complete',
      'foreign',
      'ours',
      'unknown',
      'unproven',
    ]);
    const deletes = () => world.fake.calls().filter((call) => !call.startsWith('GET '));
    return { ...world, leftovers, deletes };
  }

  test('is to delete what is ours, and nothing else, whatever is asked for', async () => {
    const world = await everyKind();
    const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
    assert.deepEqual(problems, []);
    assert.deepEqual(inShort(deleted), [
      '7 zeebe IN_PROGRESS ours',
      '7 optimize FAILED ours',
      '7 records COMPLETED ours',
    ]);
    assert.deepEqual(world.deletes(), [
      `DELETE ${at.zeebe}/actuator/backupRuntime/7`,
      `DELETE ${at.optimize}/actuator/backups/7`,
    ]);
    assert.deepEqual(world.deletedSnapshots, ['camunda_zeebe_records_backup_7']);
  });

  test('goes on where a component refuses, and says so', async () => {
    const world = await everyKind();
    world.fake.replies[`DELETE ${at.zeebe}/actuator/backupRuntime/7`] = json(500, { message: 'no disk' });
    const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
    assert.deepEqual(inShort(deleted), ['7 optimize FAILED ours', '7 records COMPLETED ours']);
    assert.match(problems[0]?.message ?? '', /Zeebe answered DELETE .* with 500: no disk/);
    assert.equal(problems.length, 1);
  });

  test('deletes nothing while somebody holds the lock, whoever that is', async () => {
    const world = await everyKind();
    await holdLock(world.context, 'run-2');
    const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
    assert.deepEqual(deleted, []);
    assert.deepEqual(
      problems.map(({ name }) => name),
      ['LockHeld'],
    );
    assert.deepEqual(world.deletes(), []);
  });

  for (const { what, change } of [
    { what: 'is COMPLETED now', change: { state: 'COMPLETED' } },
    { what: 'is RUNNING now', change: { state: 'RUNNING' } },
    { what: 'is another run’s now', change: { ...failed, runId: 'run-2' } },
  ] as const) {
    test(`deletes nothing whose manifest ${what}`, async () => {
      const world = await everyKind();
      await world.context.ledger.writeManifest({ ...manifest, ...change });
      const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
      assert.deepEqual(deleted, []);
      assert.equal(problems.length, 3);
      assert.match(
        problems[0]?.message ?? '',
        /Zeebe has of the backup 7 is not deleted: the ledger has changed/,
      );
      assert.deepEqual(world.deletes(), []);
      assert.deepEqual(world.deletedSnapshots, []);
    });
  }

  test('ends between two of them when it is interrupted', async () => {
    const world = await everyKind();
    const interrupted = () => world.deletes().length > 0;
    const { deleted } = await deleteLeftovers('production', world.leftovers, world.context, { interrupted });
    assert.deepEqual(inShort(deleted), ['7 zeebe IN_PROGRESS ours']);
  });
});
