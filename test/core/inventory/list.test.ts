import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { readMetrics } from '../../../core/inventory/metrics.ts';
import { entryOf, holdLock } from '../backup/world.ts';
import { json, minimalYaml, type snapshotNamed } from '../fakes.ts';
import { failed, lists } from '../repair/leftovers-world.ts';
import { completed, inShort, listedEverywhere, names, snapshotsOf, world } from './world.ts';

describe('A list of all backups of a cluster', () => {
  test('A list joins the ledger with what the components and the repository hold, the newest first', async () => {
    const { list } = await world({
      manifests: [completed(7), { ...completed(8), ...failed }],
      listed: { ...listedEverywhere(7, 9), zeebe: { 7: 'COMPLETED', 9: 'COMPLETED', 5: 'COMPLETED' } },
      snapshots: [...snapshotsOf(7), ...snapshotsOf(9)],
    });
    const { backups, newestUsable, more, sources } = await list();
    assert.deepEqual(inShort(backups), [
      '9 COMPLETED elsewhere 4/4',
      '8 FAILED ledger 4/4',
      '7 COMPLETED ledger 4/4',
      '5 INCOMPLETE elsewhere 1/4',
    ]);
    assert.deepEqual(newestUsable, { backupId: 7, startedAt: '2026-11-21T08:00:00.000Z', ageSeconds: 3600 });
    assert.equal(more, false);
    assert.deepEqual(
      sources,
      ['ledger', 'repository', 'zeebe', 'webApplications', 'optimize'].map((name) => ({
        name,
        answered: true,
      })),
    );
  });

  test('A backup of the ledger has the facts of its manifest, and the size of its snapshots', async () => {
    const { list, context } = await world({
      manifests: [completed(7)],
      listed: listedEverywhere(7),
      snapshots: snapshotsOf(7),
    });
    const facts = {
      format: 2 as const,
      cluster: 'production',
      backupId: 7,
      runId: 'run-1',
      unknown: [],
      after: [],
    };
    for (const [component, bytes] of [
      ['webApplications', 1000],
      ['optimize', 200],
      ['records', 30],
    ] as const) {
      assert.equal((await list()).backups[0]?.snapshotBytes, undefined);
      const snapshots = [{ name: component, repository: 'camunda', bytes, indices: [] }];
      await context.ledger.createSnapshots({ ...facts, component, snapshots });
    }
    assert.deepEqual((await list()).backups, [
      {
        backupId: 7,
        madeBy: 'ledger',
        state: 'COMPLETED',
        usable: true,
        createdAt: '2026-11-21T08:00:00.000Z',
        durationSeconds: 240,
        pausedSeconds: 180,
        components: { complete: 4, expected: 4 },
        version: '8.8.3',
        snapshotBytes: 1230,
        reason: 'test',
        manifest: 'memory:production/backups/7/manifest.json',
      },
    ]);
  });

  test('A backup from elsewhere has what is seen of it, and is never usable', async () => {
    const { list } = await world({ listed: listedEverywhere(7), snapshots: snapshotsOf(7) });
    const { backups, newestUsable } = await list();
    assert.deepEqual(backups, [
      {
        backupId: 7,
        madeBy: 'elsewhere',
        state: 'COMPLETED',
        usable: false,
        createdAt: '2026-11-21T06:00:00.000Z',
        components: { complete: 4, expected: 4 },
        version: '8.8.3',
      },
    ]);
    assert.equal(newestUsable, null);
  });

  for (const { what, snapshots, says } of [
    {
      what: 'has lost a part of the web applications',
      snapshots: snapshotsOf(7).filter(({ name }) => name !== names.webApplications(7, 2)),
      says: `It was complete, and now the repository camunda lacks ${names.webApplications(7, 2)} of Web applications`,
    },
    {
      what: 'has lost the snapshot of the records',
      snapshots: snapshotsOf(7).filter(({ name }) => name !== names.records(7)),
      says: 'It was complete, and now the repository camunda has no snapshot of Zeebe records',
    },
  ]) {
    test(`A backup of the ledger that ${what} is INCOMPLETE and not usable, also if no application answers`, async () => {
      const { list, stopCamunda } = await world({ manifests: [completed(7)], snapshots });
      stopCamunda();
      const { backups, newestUsable } = await list();
      assert.deepEqual(inShort(backups), ['7 INCOMPLETE ledger 3/4']);
      assert.equal(backups[0]?.problem, says);
      assert.equal(newestUsable, null);
    });
  }

  test('A backup of the ledger that a component says is FAILED, or does not have, is INCOMPLETE', async () => {
    const { list } = await world({
      manifests: [completed(7)],
      listed: { ...listedEverywhere(7), zeebe: {}, optimize: { 7: 'FAILED' } },
      snapshots: snapshotsOf(7),
    });
    const [backup] = (await list()).backups;
    assert.equal(backup?.state, 'INCOMPLETE');
    assert.equal(backup?.problem, 'It was complete, and now Optimize says FAILED; Zeebe does not have it');
  });

  for (const { what, partitions, state } of [
    { what: 'had no more partitions then', partitions: 2, state: 'COMPLETED' },
    { what: 'has lost partitions', partitions: 3, state: 'INCOMPLETE' },
  ]) {
    test(`A backup that Zeebe calls INCOMPLETE is ${state} if it ${what}`, async () => {
      const entry = entryOf('zeebe', { partitions });
      const { list, fake } = await world({
        yaml: minimalYaml,
        manifests: [{ ...completed(7), expectedComponents: ['zeebe'], components: [entry] }],
      });
      const states = ['COMPLETED', 'COMPLETED', 'DOES_NOT_EXIST'];
      const details = states.map((one, index) => ({ partitionId: index + 1, state: one })).toReversed();
      const known = [7, 8].map((backupId) => ({ backupId, state: 'INCOMPLETE', details }));
      fake.replies[lists.zeebe] = json(200, known);
      const { backups } = await list();
      assert.equal(backups[1]?.state, state);
      // Nobody has recorded how many partitions a backup from elsewhere had.
      assert.equal(backups[0]?.state, 'UNKNOWN');
    });
  }

  test('A backup whose snapshots are in another repository is not called INCOMPLETE', async () => {
    const elsewhere = completed(7);
    const components = [entryOf('records', { repository: 'an-older-one' }), entryOf('zeebe')];
    const { list } = await world({
      manifests: [{ ...elsewhere, expectedComponents: ['records', 'zeebe'], components }],
      listed: { zeebe: { 7: 'COMPLETED' } },
    });
    assert.deepEqual(inShort((await list()).backups), ['7 COMPLETED ledger 2/2']);
  });

  test('A backup shows its last verification, and the newest verified one is found', async () => {
    const ids = [9, 8, 7, 6];
    const { list, context } = await world({
      manifests: ids.map((id) => completed(id)),
      listed: { ...listedEverywhere(...ids), optimize: { 9: 'COMPLETED', 8: 'COMPLETED', 6: 'COMPLETED' } },
      snapshots: ids.flatMap(snapshotsOf),
    });
    assert.equal((await list()).newestVerified, null);
    const verifiedAt = '2026-11-21T08:30:00.000Z';
    const judgement = { name: 'store', verdict: 'wrong', subject: 'zeebe', says: 'A file is empty' } as const;
    for (const [backupId, verdict] of [
      [9, 'wrong'],
      [8, 'unknown'],
      // It is verified, and Optimize does not have it any more.
      [7, 'proven'],
      [6, 'inPart'],
    ] as const) {
      const judgements = verdict === 'wrong' ? [judgement] : [];
      const required: [] = [];
      const common = { format: 1, cluster: 'production', backupId, verifiedAt } as const;
      await context.ledger.writeVerification({ ...common, verdict, required, judgements });
    }
    const { backups, newestUsable, newestVerified } = await list();
    assert.deepEqual(
      backups.map(({ state, verified, problem }) => [state, verified?.verdict, problem]),
      [
        ['DAMAGED', 'wrong', 'A file is empty'],
        ['COMPLETED', 'unknown', undefined],
        ['INCOMPLETE', 'proven', 'It was complete, and now Optimize does not have it'],
        ['COMPLETED', 'inPart', undefined],
      ],
    );
    assert.equal(newestUsable?.backupId, 8);
    assert.deepEqual(newestVerified, {
      backupId: 6,
      startedAt: '2026-11-21T08:00:00.000Z',
      ageSeconds: 3600,
      verifiedAt,
      verdict: 'inPart',
    });
  });

  test('A verification that could not see everything does not replace the last good one', async () => {
    const { list, context } = await world({
      manifests: [completed(7)],
      listed: listedEverywhere(7),
      snapshots: snapshotsOf(7),
    });
    const lastGood = { verifiedAt: '2026-11-21T08:30:00.000Z', verdict: 'inPart' } as const;
    await context.ledger.writeVerification({
      format: 1,
      cluster: 'production',
      backupId: 7,
      verifiedAt: '2026-11-21T08:50:00.000Z',
      verdict: 'unknown',
      required: [],
      judgements: [],
      lastGood,
    });
    const { backups, newestVerified } = await list();
    assert.deepEqual(backups[0]?.verified, { at: lastGood.verifiedAt, verdict: 'inPart' });
    assert.equal(newestVerified?.verifiedAt, lastGood.verifiedAt);
    assert.equal((await readMetrics('production', context)).lastVerifiedAt, lastGood.verifiedAt);
  });

  test('A backup that is dated in the future is not usable', async () => {
    const { list } = await world({
      manifests: [completed(7), completed(8, { startedAt: '2026-11-22T08:00:00.000Z' })],
      listed: listedEverywhere(7, 8),
      snapshots: [...snapshotsOf(7), ...snapshotsOf(8)],
    });
    const { backups, newestUsable } = await list();
    assert.match(backups[0]?.problem ?? '', /dated in the future/);
    assert.equal(newestUsable?.backupId, 7);
  });

  test('A backup that is RUNNING is told apart from one that no run is at work on', async () => {
    const { list, context } = await world({
      manifests: [{ backupId: 7 }, { backupId: 6 }],
    });
    await holdLock(context);
    const { backups } = await list();
    assert.deepEqual(
      backups.map(({ state, problem }) => [state, problem]),
      [
        ['RUNNING', undefined],
        ['RUNNING', 'No run is at work on it any more'],
      ],
    );
  });

  test('A manifest that cannot be read makes its backup UNKNOWN, and hides no other', async () => {
    const { list, context } = await world({
      manifests: [completed(7)],
      listed: listedEverywhere(7, 8),
      snapshots: snapshotsOf(7),
    });
    context.store.documents.set('production/backups/8/manifest.json', '{}');
    const { backups } = await list();
    assert.deepEqual(inShort(backups), ['8 UNKNOWN ledger 0/0', '7 COMPLETED ledger 4/4']);
    assert.match(backups[0]?.problem ?? '', /is not a document of this version/);
  });
});

describe('The state of a backup from elsewhere', () => {
  const whole = snapshotsOf(7);
  const changed = (name: string, change: Parameters<typeof snapshotNamed>[1]) =>
    whole.map((one) => (one.name === name ? { ...one, ...change } : one));
  for (const { what, snapshots, state, problem } of [
    {
      what: 'a part is missing',
      snapshots: whole.filter(({ name }) => name !== names.optimize(7, 1)),
      state: 'INCOMPLETE',
      problem: /^The repository camunda lacks part 1 of 2 of Optimize/,
    },
    {
      what: 'a snapshot is PARTIAL',
      snapshots: changed(names.webApplications(7, 2), {
        state: 'PARTIAL',
        shards: { total: 2, successful: 1, failed: 1 },
      }),
      state: 'FAILED',
      problem: /^The snapshot camunda_webapps_7_8\.8\.3_part_2_of_2 is PARTIAL, with 1 failed shards$/,
    },
    {
      what: 'the snapshot of the records is empty',
      snapshots: changed(names.records(7), { indices: [] }),
      state: 'FAILED',
      problem: /^The snapshot camunda_zeebe_records_backup_7 has no index$/,
    },
    {
      what: 'a snapshot is running',
      snapshots: changed(names.records(7), { state: 'IN_PROGRESS' }),
      state: 'RUNNING',
      problem: /^The repository camunda has running snapshots of Zeebe records$/,
    },
    {
      what: 'nothing is wrong with the snapshots, and Zeebe could not be asked',
      snapshots: whole,
      state: 'UNKNOWN',
      problem: /^Zeebe could not be asked$/,
    },
  ]) {
    test(`A backup from elsewhere is ${state} if ${what}, as the repository alone shows it`, async () => {
      const { list, stopCamunda } = await world({ snapshots });
      stopCamunda();
      const { backups } = await list();
      assert.equal(backups.length, 1);
      assert.equal(backups[0]?.state, state);
      assert.match(backups[0]?.problem ?? '', problem);
    });
  }

  test('The parts of a backup with a longer id that begins alike are not taken for its own', async () => {
    const { list, stopCamunda } = await world({
      snapshots: [...whole, ...snapshotsOf(71).map((one) => ({ ...one, state: 'FAILED' }))],
    });
    stopCamunda();
    assert.deepEqual(inShort((await list()).backups), ['71 FAILED elsewhere 0/4', '7 UNKNOWN elsewhere 3/4']);
  });
});
