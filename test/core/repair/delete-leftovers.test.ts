import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { deleteLeftovers } from '../../../core/repair/delete-leftovers.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { entryOf, holdLock, manifest } from '../backup/world.ts';
import { at } from '../fake-cluster.ts';
import { json, snapshotNamed, someOwner } from '../fakes.ts';
import { failed, inShort, setUp, started } from './leftovers-world.ts';

describe('The deletion of leftovers', () => {
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

  test('The deletion of leftovers deletes what is ours, and nothing else, whatever it is given', async () => {
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

  test('The deletion of leftovers goes on where a component refuses, and says so', async () => {
    const world = await everyKind();
    world.fake.replies[`DELETE ${at.zeebe}/actuator/backupRuntime/7`] = json(500, { message: 'no disk' });
    const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
    assert.deepEqual(inShort(deleted), ['7 optimize FAILED ours', '7 records COMPLETED ours']);
    assert.match(problems[0]?.message ?? '', /Zeebe answered DELETE .* with 500: no disk/);
    assert.equal(problems.length, 1);
  });

  test('The deletion of leftovers leaves a backup that is in use, also where its mark cannot be read, and says so once', async () => {
    for (const text of [undefined, '{']) {
      const world = await everyKind();
      const mark = {
        runId: 'verify-1',
        what: 'verification',
        owner: someOwner,
        since: '2026-11-21T09:00:00.000Z',
      };
      await world.context.ledger.markUse('production', 7, mark);
      if (text) world.context.store.documents.set('production/backups/7/use.json', text);
      const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
      assert.deepEqual(deleted, []);
      assert.deepEqual(
        problems.map(({ name }) => name),
        ['BackupInUse'],
      );
      assert.match(problems[0]?.remedy ?? '', /^Wait until that use has ended/);
      assert.deepEqual(world.deletes(), []);
      assert.deepEqual(world.deletedSnapshots, []);
      await world.context.ledger.endUse('production', 7, 'verify-1').catch(() => undefined);
      world.context.store.makeOlder('production/backups/7/use.json', 3601);
      const later = await deleteLeftovers('production', world.leftovers, world.context);
      assert.equal(later.deleted.length, 3);
      assert.deepEqual(later.problems, []);
    }
  });

  test('The deletion of leftovers deletes nothing while somebody holds the lock, whoever that is', async () => {
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
    test(`The deletion of leftovers deletes nothing whose manifest ${what}`, async () => {
      const world = await everyKind();
      await writeManifest(world.context.ledger, { ...manifest, ...change });
      const { deleted, problems } = await deleteLeftovers('production', world.leftovers, world.context);
      assert.deepEqual(deleted, []);
      assert.equal(problems.length, 3);
      assert.match(
        problems[0]?.message ?? '',
        /part of the backup 7 in Zeebe is not deleted: the ledger has changed/,
      );
      assert.deepEqual(world.deletes(), []);
      assert.deepEqual(world.deletedSnapshots, []);
    });
  }

  test('The deletion of leftovers ends between two of them when it is interrupted', async () => {
    const world = await everyKind();
    const interrupted = () => world.deletes().length > 0;
    const { deleted } = await deleteLeftovers('production', world.leftovers, world.context, { interrupted });
    assert.deepEqual(inShort(deleted), ['7 zeebe IN_PROGRESS ours']);
  });
});
