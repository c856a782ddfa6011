import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, test } from '@jest/globals';
import { completeBackup } from '../../../core/backup/complete.ts';
import { describeSnapshots } from '../../../core/backup/describe-snapshots.ts';
import type { SearchEngine } from '../../../core/components/search/engine.ts';
import { BackupError } from '../../../core/errors.ts';
import type { ComponentSnapshots, RestoreFacts } from '../../../core/ledger/restore-facts.ts';
import { yaml87 } from '../fake-cluster.ts';
import { fakeSearch, snapshotNamed, type TestContext, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { held, paused, resumed } from './finish-world.ts';
import { entryOf, holdLock, manifest, pauseOf, run } from './world.ts';

const operatePart = 'camunda_operate_7_8.7.2_part_1_of_1';
const recordsPart = 'camunda_zeebe_records_backup_7';
const operateIndex = 'acme-operate-list-view-8.3.0_';
const recordIndex = 'zeebe-record_job_8.7.2_2026-11-20';

/** As PrepareBackup wrote it. */
const prepared: RestoreFacts = {
  format: 2,
  ...run,
  findings: [
    { name: 'coverage', severity: 'warning', subject: 'search', says: 'Something is not configured' },
  ],
  applications: [{ component: 'operate', version: '8.7.2' }],
  search: {
    engine: 'elasticsearch',
    repository: { name: 'camunda', type: 's3', settings: { bucket: 'b' }, omittedSettings: [] },
  },
  unknown: [],
};

/** As the counts of the shards before and after the snapshots wrote it. */
const countsOfOperate: ComponentSnapshots = {
  format: 2,
  ...run,
  component: 'operate',
  before: { at: '2026-11-21T09:00:00.000Z', counts: { [operateIndex]: [[0, 7, 0, -1]] } },
  after: [
    {
      at: '2026-11-21T09:01:00.000Z',
      snapshots: [operatePart],
      counts: { [operateIndex]: [[0, 9, 9, 8]], 'operate-of-somebody-else': [[0, 1, 2, 1]] },
    },
  ],
  unknown: [],
};
const countsOfRecords: ComponentSnapshots = {
  ...countsOfOperate,
  component: 'records',
  before: { at: '2026-11-21T09:02:00.000Z', counts: { [recordIndex]: [[0, 3, 0, -1]] } },
  after: [
    { at: '2026-11-21T09:03:00.000Z', snapshots: [recordsPart], counts: { [recordIndex]: [[0, 3, 4, 3]] } },
  ],
};

/** A backup of Operate, the records and Zeebe that is complete but for its end. */
async function setUp(
  overrides: Partial<SearchEngine> = {},
  facts: RestoreFacts | 'none' = prepared,
  counts: ComponentSnapshots[] = [countsOfOperate, countsOfRecords],
) {
  const snapshots = [
    snapshotNamed(operatePart, { indices: [operateIndex], uuid: 'u1', version: '8.16.6' }),
    snapshotNamed(recordsPart, { indices: [recordIndex], uuid: 'u2', version: '8.16.6' }),
  ];
  const search = fakeSearch(snapshots, {
    snapshotFiles: async (_, name) => ({
      indices: [
        {
          index: name === operatePart ? operateIndex : recordIndex,
          shards: [{ shard: 0, files: 4, bytes: 100 }],
        },
      ],
    }),
    indexTemplates: async () => ['operate-list-view-8.3.0_template'],
    componentTemplates: async () => [],
    policies: async () => undefined,
    ...overrides,
  });
  const context = testContext({ yaml: yaml87, search });
  const { ledger } = context;
  await holdLock(context);
  await ledger.changeLock('production', run.runId, pauseOf({ ...paused, ...held, ...resumed }));
  await ledger.createManifest({ ...manifest, expectedComponents: ['operate', 'records', 'zeebe'] });
  const ended = (name: string) => ({ parts: [{ name, state: 'SUCCESS' }] });
  for (const entry of [
    entryOf('operate', ended(operatePart)),
    entryOf('records', { ...ended(recordsPart), repository: 'camunda' }),
    entryOf('zeebe', ended('partition 1')),
  ]) {
    await ledger.createEntry('production', run.backupId, entry);
  }
  for (const one of counts) await ledger.createSnapshots(one);
  if (facts !== 'none') await ledger.createRestoreFacts(facts);
  return context;
}

const factsIn = ({ ledger }: TestContext) => ledger.readRestoreFacts('production', run.backupId);
const refusedTo = (what: string) => async () => {
  throw new BackupError('RequestRefused', `GET ${what} was answered with 403`, { status: 403 });
};

describe('What is asked of the search engine after a backup', () => {
  test('Every snapshot is described, and the counts around it stand in it and no more beside it', async () => {
    const context = await setUp();
    assert.deepEqual(await describeSnapshots(run, context), { unknown: 0 });
    assert.deepEqual(await context.ledger.readSnapshots('production', run.backupId, 'operate'), {
      format: 2,
      ...run,
      component: 'operate',
      after: [],
      snapshots: [
        {
          name: operatePart,
          repository: 'camunda',
          uuid: 'u1',
          version: '8.16.6',
          countedBefore: '2026-11-21T09:00:00.000Z',
          countedAfter: '2026-11-21T09:01:00.000Z',
          shards: 2,
          files: 4,
          bytes: 100,
          indices: [
            {
              index: operateIndex,
              shards: [{ shard: 0, files: 4, bytes: 100, before: 7, documents: 9, maxSeqNo: 8, after: 9 }],
            },
          ],
        },
      ],
      unknown: [],
    });
    const records = await context.ledger.readSnapshots('production', run.backupId, 'records');
    assert.equal(records?.snapshots?.[0]?.uuid, 'u2');
    assert.equal(await context.ledger.readSnapshots('production', run.backupId, 'zeebe'), undefined);
  });

  test('The engine, its nodes, templates, policies and prefixes are added to what was seen before the backup', async () => {
    const context = await setUp();
    await describeSnapshots(run, context);
    assert.deepEqual(await factsIn(context), {
      ...prepared,
      search: {
        ...prepared.search,
        version: 'elasticsearch 8.16.6',
        nodes: [{ name: 'n1', version: '8.16.6', roles: ['data', 'master'] }],
        templates: { index: ['operate-list-view-8.3.0_template'], component: [] },
        policies: 'absent',
        prefixes: { operate: ['acme'], records: ['zeebe-record'] },
      },
      describedAt: '2026-11-21T09:00:00.000Z',
    });
  });

  test('What cannot be read is a gap with its reason and the privilege that it needs, and the rest is written down', async () => {
    const context = await setUp({
      policies: refusedTo('_ilm/policy'),
      snapshotFiles: refusedTo('_status'),
      nodes: async () => {
        throw new BackupError('ServerTrouble', 'GET _nodes was answered with 503', { status: 503 });
      },
    });
    await describeSnapshots(run, context);
    const { unknown = [], search } = (await factsIn(context)) ?? {};
    assert.deepEqual(unknown.map(({ what, needs }) => [what, needs]).toSorted(), [
      ['files of the snapshots of Operate', 'the cluster privilege create_snapshot'],
      ['files of the snapshots of Zeebe records', 'the cluster privilege create_snapshot'],
      ['nodes of the engine', undefined],
      ['policies', 'the cluster privilege read_ilm'],
    ]);
    assert.equal(search?.version, 'elasticsearch 8.16.6');
    const operate = await context.ledger.readSnapshots('production', run.backupId, 'operate');
    assert.equal(operate?.snapshots?.[0]?.uuid, 'u1');
  });

  test('A snapshot that the repository does not have is a gap', async () => {
    const context = await setUp({ snapshot: async () => undefined });
    await describeSnapshots(run, context);
    const { unknown = [] } = (await factsIn(context)) ?? {};
    assert.match(unknown[0]?.why ?? '', /The repository camunda has no snapshot camunda_/);
  });

  for (const { what, counts, gap } of [
    {
      what: 'before the snapshots that shows none of their indices',
      counts: { ...countsOfOperate, before: { at: '2026-11-21T09:00:00.000Z', counts: {} } },
      gap: 'the shards of Operate before the snapshots',
    },
    {
      what: 'after the snapshots that the ledger has lost',
      counts: { ...countsOfOperate, after: [] },
      gap: 'the shards of Operate after the snapshots',
    },
  ]) {
    test(`A count ${what} is a gap`, async () => {
      const context = await setUp({}, prepared, [counts, countsOfRecords]);
      assert.deepEqual(await describeSnapshots(run, context), { unknown: 1 });
      assert.deepEqual((await factsIn(context))?.unknown, [
        { what: gap, why: `No figures of every shard were counted for ${operateIndex}` },
      ]);
    });
  }

  test('A count that failed is one gap, with the reason why it failed', async () => {
    const failed = { what: 'the shards of Operate after the snapshots', why: 'It was refused' };
    const context = await setUp({}, prepared, [
      { ...countsOfOperate, after: [], unknown: [failed] },
      countsOfRecords,
    ]);
    await describeSnapshots(run, context);
    assert.deepEqual((await factsIn(context))?.unknown, [failed]);
  });

  test('An engine that answers nothing is waited for half a minute at most', async () => {
    const never = () => new Promise<never>(() => {});
    const context = await setUp({
      version: never,
      nodes: never,
      indexTemplates: never,
      componentTemplates: never,
      policies: never,
      snapshot: never,
      snapshotFiles: never,
    });
    const began = context.clock.now();
    await describeSnapshots(run, context);
    assert(context.clock.now() - began <= 30_000, `${context.clock.now() - began} ms`);
    assert.equal((await factsIn(context))?.unknown.length, 9);
  });

  test('If the engine lists only its component templates, those of indices are named as unknown', async () => {
    const context = await setUp({
      indexTemplates: () => Promise.reject(new BackupError('Unreachable', 'no answer')),
    });
    await describeSnapshots(run, context);
    const facts = await factsIn(context);
    assert.deepEqual(facts?.search?.templates, { component: [] });
    assert(facts.unknown.some(({ what }) => what === 'index templates'));
  });

  test('Called again it asks for no snapshot that is described already', async () => {
    const context = await setUp();
    await describeSnapshots(run, context);
    const first = await context.ledger.readSnapshots('production', run.backupId, 'operate');
    context.search = async () => fakeSearch([], { snapshot: () => assert.fail('asked again') });
    await describeSnapshots(run, context);
    assert.deepEqual(await context.ledger.readSnapshots('production', run.backupId, 'operate'), first);
  });

  for (const { what, order } of [
    { what: 'its answer was lost', order: () => {} },
    {
      what: 'the ledger refused the facts of the first call',
      order: ({ store }: TestContext) => {
        const { write } = store;
        store.write = async () => {
          store.write = write;
          return ledgerTrouble('PUT');
        };
      },
    },
  ]) {
    test(`Called again because ${what}, it still knows each gap of the first call and its reason`, async () => {
      const context = await setUp({ snapshotFiles: refusedTo('_status') });
      order(context);
      await describeSnapshots(run, context).catch(() => undefined);
      // The engine has recovered, but what is described already is not asked again.
      context.search = async () => fakeSearch([]);
      assert.deepEqual(await describeSnapshots(run, context), { unknown: 2 });
      const gaps = (await factsIn(context))?.unknown.map(({ what, why }) => [what, why]);
      assert.deepEqual(gaps, [
        ['files of the snapshots of Operate', 'GET _status was answered with 403'],
        ['files of the snapshots of Zeebe records', 'GET _status was answered with 403'],
      ]);
    });
  }

  test('A concurrent call that was slower keeps the description and the gaps of the faster one', async () => {
    const context = await setUp({ snapshotFiles: refusedTo('_status') });
    const { clock } = context;
    const slower = testContext({
      store: context.store,
      clock,
      yaml: yaml87,
      search: fakeSearch([], {
        snapshot: async (_, name) => {
          await describeSnapshots(run, context);
          return snapshotNamed(name, { indices: [operateIndex], uuid: 'later' });
        },
      }),
    });
    await describeSnapshots(run, slower);
    const operate = await context.ledger.readSnapshots('production', run.backupId, 'operate');
    assert.equal(operate?.snapshots?.[0]?.uuid, 'u1');
    assert.deepEqual(
      (await factsIn(context))?.unknown.map(({ what }) => what),
      ['files of the snapshots of Operate', 'files of the snapshots of Zeebe records'],
    );
  });

  test('A ledger that is slow takes none of the time for the engine', async () => {
    const context = await setUp();
    const { read } = context.store;
    context.store.read = async (key) => {
      // Every time limit that has begun before is over then.
      if (key.includes('/snapshots/')) await turn();
      return read(key);
    };
    assert.deepEqual(await describeSnapshots(run, context), { unknown: 0 });
  });

  test('What was prepared by a version that wrote nothing down is described nevertheless, and what it did not write is a gap', async () => {
    const context = await setUp({}, 'none');
    assert.deepEqual(await describeSnapshots(run, context), { unknown: 1 });
    assert.deepEqual(await describeSnapshots(run, context), { unknown: 1 });
    const facts = await factsIn(context);
    assert.equal(facts?.unknown[0]?.what, 'the facts about the cluster before the backup');
    assert.equal(facts?.zeebe, undefined);
    assert.equal(facts?.search?.repository.name, 'camunda');
  });
});

describe('What a completed backup warns of', () => {
  const warningsOf = async (context: TestContext) => (await completeBackup(run, context)).warnings;

  test('There is no warning where everything could be read, nor where nothing was to be read', async () => {
    const context = await setUp();
    await describeSnapshots(run, context);
    assert.deepEqual(await warningsOf(context), []);
    const { search: _, ...without } = prepared;
    assert.deepEqual(await warningsOf(await setUp({}, without)), []);
  });

  test('A warning names what could not be read, the missing privilege, and where the reasons are', async () => {
    const context = await setUp({ policies: refusedTo('_ilm/policy') });
    await describeSnapshots(run, context);
    const [warning, ...others] = await warningsOf(context);
    assert.deepEqual(others, []);
    assert.match(warning ?? '', /policies \(that needs the cluster privilege read_ilm\)/);
    assert.match(warning ?? '', /memory:production\/backups\/7\/restore\.json/);
  });

  test('A warning says that the snapshots could not be described, where that did not come about', async () => {
    assert.match((await warningsOf(await setUp())).join(), /because they could not be described/);
  });

  test('A warning says that the facts are not recorded, where the ledger has none', async () => {
    const [warning, ...others] = await warningsOf(await setUp({}, 'none'));
    assert.deepEqual(others, []);
    assert.match(warning ?? '', /facts that a restore needs are not recorded/);
  });

  for (const { what, read } of [
    { what: 'cannot be reached', read: () => ledgerTrouble('GET') },
    { what: 'has something else there', read: async () => ({ text: '{"format":3}', version: '1' }) },
  ]) {
    test(`A backup is complete also where the ledger ${what}, and warns that it is not known`, async () => {
      const context = await setUp();
      const { read: readAsUsual } = context.store;
      context.store.read = async (key) => (key.endsWith('/restore.json') ? read() : readAsUsual(key));
      const [warning, ...others] = await warningsOf(context);
      assert.deepEqual(others, []);
      assert.match(warning ?? '', /It is not known whether all facts that a restore needs are recorded/);
    });
  }
});
