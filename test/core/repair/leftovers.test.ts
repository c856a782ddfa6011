import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { deleteLeftovers } from '../../../core/repair/delete-leftovers.ts';
import { entryOf, holdLock, manifest } from '../backup/world.ts';
import { at, cluster87, cluster88, indexOf, yaml87, yaml88 } from '../fake-cluster.ts';
import { failureOf, json, noAnswer, snapshotNamed, webPage } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { operate as operateAnswers, tasklist as tasklistAnswers } from '../recorded.ts';
import { failed, inShort, lists, setUp, started } from './leftovers-world.ts';

describe('What a component has of a backup', () => {
  test('A part of a COMPLETED backup, or a deleted one, is nothing left over', async () => {
    const world = await setUp({
      listed: { zeebe: { 7: 'COMPLETED', 6: 'DELETED' }, optimize: { 7: 'COMPLETED' } },
      manifests: [{ state: 'COMPLETED' }, { ...failed, backupId: 6 }],
    });
    const { leftovers, asked, unasked } = await world.find();
    assert.deepEqual(leftovers, []);
    assert.deepEqual(unasked, []);
    assert.deepEqual(asked, ['zeebe', 'webApplications', 'optimize', 'records']);
  });

  test('A part of a FAILED backup is ours where the ledger says that its run has started it', async () => {
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

  test('A part whose run is gone, as a repair that is tried out finds it, is not yet called part of a FAILED backup', async () => {
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
    { what: 'only asked for it', entry: entryOf('zeebe', { state: 'REQUESTED' }) },
    { what: 'was refused', entry: entryOf('zeebe', { state: 'REQUESTED', refused: true }) },
    { what: 'has written nothing of it', entry: undefined },
    { what: 'is another one than the entry’s', entry: entryOf('zeebe', { runId: 'run-2' }) },
  ] as const) {
    test(`A part of a FAILED backup is not proven to be ours where its run ${what}`, async () => {
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

  test('A part of a FAILED backup is not proven to be ours where the entry cannot be read', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'COMPLETED' } }, manifests: [failed] });
    world.context.store.documents.set('production/backups/7/components/zeebe.json', '{');
    assert.deepEqual(inShort((await world.find()).leftovers), ['7 zeebe COMPLETED unproven']);
  });

  test('A part that the ledger does not know is foreign, with the call that deletes it unless it is COMPLETED', async () => {
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
    const byHand = 'If it is not needed, delete it by hand: curl -X DELETE http://zeebe:9600/actuator';
    assert.deepEqual(
      leftovers.map(({ whatToDo }) => whatToDo),
      [
        'Nothing. Its creator deletes it.',
        `Find out who is making it (two ledgers, another tool). ${byHand}/backupRuntime/4`,
        `${byHand}/backupHistory/4`,
        'Nothing. Its creator deletes it.',
        'Nothing. Its creator deletes it.',
      ],
    );
  });

  test('A part of a COMPLETED backup at which the component still works is told, and not to be deleted', async () => {
    const world = await setUp({
      listed: { optimize: { 7: 'IN_PROGRESS' } },
      manifests: [{ state: 'COMPLETED' }],
      entries: [[7, entryOf('optimize')]],
    });
    const { leftovers } = await world.find();
    assert.deepEqual(inShort(leftovers), ['7 optimize IN_PROGRESS complete']);
    assert.match(leftovers[0]?.whatToDo ?? '', /^Do not delete it/);
  });

  test('A part whose manifest cannot be read is unknown: the backup may be COMPLETED', async () => {
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

describe('A backup that somebody is at work on', () => {
  test('A backup that the lock names is left out, whatever its manifest says', async () => {
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

  test('A backup that the lock names is left out also before its manifest is written', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'IN_PROGRESS' } } });
    await holdLock(world.context);
    assert.deepEqual((await world.find()).leftovers, []);
  });

  test('A backup that began while the components were asked is not taken for a foreign one', async () => {
    const world = await setUp();
    world.fake.replies[lists.zeebe] = () => {
      const text = JSON.stringify({ ...manifest, backupId: 9 });
      world.context.store.documents.set('production/backups/9/manifest.json', text);
      return json(200, [{ backupId: 9, state: 'IN_PROGRESS', details: [] }]);
    };
    assert.deepEqual((await world.find()).leftovers, []);
  });

  test('A backup that the lock names counts as ended where a repair is only tried out', async () => {
    const world = await setUp({
      listed: { zeebe: { 7: 'IN_PROGRESS' } },
      manifests: [{ state: 'RUNNING' }],
      entries: [[7, started('zeebe')]],
    });
    await holdLock(world.context);
    assert.deepEqual(inShort((await world.find([7])).leftovers), ['7 zeebe IN_PROGRESS ours']);
  });
});

describe('The look for leftovers', () => {
  test('The look for leftovers asks for lists and nothing else, and writes nothing anywhere', async () => {
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

  test('The look for leftovers finds the components of 8.7 too', async () => {
    const fake = cluster87();
    fake.replies[`GET ${at.operate}/actuator/backups`] = json(200, [{ backupId: 5, state: 'COMPLETED' }]);
    const world = await setUp({ yaml: yaml87, fake });
    const { leftovers, asked } = await world.find();
    assert.deepEqual(inShort(leftovers), ['5 operate COMPLETED foreign']);
    assert.deepEqual(asked, ['zeebe', 'operate', 'tasklist', 'records']);
  });

  test('The look for leftovers needs no index page where the version is configured', async () => {
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
    test(`The look for leftovers asks the others when one component ${what}, and says what is not known`, async () => {
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

  test('A component that cannot list its backups is asked for those that a failed run has started there', async () => {
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

  test('The look for leftovers is repeated once where an answer was lost', async () => {
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

  test('The look for leftovers says that a search engine could not be asked', async () => {
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

  test('The look for leftovers without the ledger is an error: nothing is foreign because the ledger is gone', async () => {
    const world = await setUp({ listed: { zeebe: { 7: 'COMPLETED' } } });
    world.context.store.before = ledgerTrouble;
    assert.equal((await failureOf(world.find())).name, 'LedgerError');
  });
});
