import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { records } from '../../../../core/components/records/backup.ts';
import type { RecordsTarget } from '../../../../core/components/records/target.ts';
import type { Snapshot } from '../../../../core/components/search/engine.ts';
import { failureOf, fakeSearch, snapshotNamed } from '../../fakes.ts';

const name = 'camunda_zeebe_records_backup_7';
const target: RecordsTarget = {
  kind: 'records',
  component: 'records',
  engine: 'elasticsearch',
  url: 'http://es:9200',
  repository: 'camunda',
  indexPattern: 'zeebe-record*',
};

function component(...snapshots: Snapshot[]) {
  const engine = fakeSearch(snapshots);
  return { engine, records: records(engine, target) };
}

describe('The start of the records’ snapshot', () => {
  test('A start takes one snapshot of the pattern and writes beside it whose it is', async () => {
    const { engine, records } = component();
    assert.deepEqual(await records.start(7, 'run-1'), { answer: 'accepted', scheduledSnapshots: [name] });
    assert.deepEqual(engine.created, [
      {
        repository: 'camunda',
        name,
        indices: 'zeebe-record*',
        metadata: { takenBy: 'camunda-backup', backupId: 7, runId: 'run-1' },
      },
    ]);
  });

  test('A start whose name this run has taken finds its own snapshot', async () => {
    const { records } = component(snapshotNamed(name, { metadata: { runId: 'run-1' } }));
    const started = await records.start(7, 'run-1');
    assert.equal(started.answer, 'already ours');
  });

  for (const { whose, metadata } of [
    { whose: 'another run', metadata: { runId: 'run-2' } },
    { whose: 'somebody who wrote nothing beside it', metadata: {} },
  ] as const) {
    test(`A start whose name ${whose} has taken finds somebody else’s snapshot`, async () => {
      const { records } = component(snapshotNamed(name, { metadata }));
      const started = await records.start(7, 'run-1');
      assert.equal(started.answer, 'not ours');
    });
  }

  test('A start whose name was taken by a snapshot that is gone again is not ours', async () => {
    const engine = fakeSearch([], { createSnapshot: async () => 'name-taken' });
    assert.equal((await records(engine, target).start(7, 'run-1')).answer, 'not ours');
  });
});

describe('The check of the records’ snapshot', () => {
  const check = (rest: Partial<Snapshot>) => component(snapshotNamed(name, rest)).records.check(7);

  test('A check of a good snapshot is COMPLETED, with its indices', async () => {
    const status = await check({});
    assert.equal(status.state, 'COMPLETED');
    assert.equal(status.expectedParts, 1);
    assert.deepEqual(status.indices, [
      'zeebe-record_job_8.8.0_2026-11-20',
      'zeebe-record_process_8.8.0_2026-11-20',
    ]);
    assert.deepEqual(
      status.parts.map(({ name, state }) => ({ name, state })),
      [{ name, state: 'SUCCESS' }],
    );
  });

  test('A check of a running snapshot is IN_PROGRESS, whatever its counts say', async () => {
    const shards = { total: 0, successful: 0, failed: 0 };
    assert.equal((await check({ state: 'IN_PROGRESS', indices: [], shards })).state, 'IN_PROGRESS');
  });

  for (const { what, rest, says } of [
    {
      what: 'PARTIAL',
      rest: { state: 'PARTIAL', shards: { total: 3, successful: 1, failed: 2 }, failures: ['"shard 0"'] },
      says: /^the snapshot is PARTIAL, 2 of 3 shards failed: "shard 0"$/,
    },
    { what: 'FAILED', rest: { state: 'FAILED' }, says: /^the snapshot is FAILED/ },
    {
      what: 'SUCCESS with a shard that failed',
      rest: { shards: { total: 3, successful: 2, failed: 1 } },
      says: /the snapshot is SUCCESS, 1 of 3 shards failed/,
    },
    {
      what: 'SUCCESS of no index',
      rest: { indices: [] },
      says: /^the snapshot is empty: zeebe-record\* matched no index$/,
    },
    { what: 'of a state that is not known', rest: { state: 'DREAMING' }, says: /^the snapshot is DREAMING/ },
  ] as const) {
    test(`A check of a snapshot that is ${what} is FAILED`, async () => {
      const status = await check(rest as Partial<Snapshot>);
      assert.equal(status.state, 'FAILED');
      assert.match(status.failureReason ?? '', says);
    });
  }

  test('A check of a snapshot of another version is INCOMPATIBLE', async () => {
    assert.equal((await check({ state: 'INCOMPATIBLE' })).state, 'INCOMPATIBLE');
  });

  test('A check does not believe an answer about another snapshot', async () => {
    const other = snapshotNamed('camunda_zeebe_records_backup_70');
    const engine = fakeSearch([], { snapshot: async () => other });
    const error = await failureOf(records(engine, target).check(7));
    assert.equal(error.name, 'UnexpectedAnswer');
    assert.match(
      error.message,
      /camunda_zeebe_records_backup_7 and answered with camunda_zeebe_records_backup_70$/,
    );
  });

  test('A check of no snapshot is ABSENT', async () => {
    assert.deepEqual(await component().records.check(7), { state: 'ABSENT', parts: [], expectedParts: 1 });
  });
});

const prefix = 'camunda_zeebe_records_backup_';

test('A list holds the snapshots of records that name a backup, sorted by id, and says which is being taken', async () => {
  const { records } = component(
    snapshotNamed(`${prefix}10`, { state: 'IN_PROGRESS' }),
    snapshotNamed(`${prefix}9`),
    snapshotNamed(`${prefix}old`),
    snapshotNamed('camunda_operate_11_8.7.0_part_1_of_6', { state: 'IN_PROGRESS' }),
  );
  assert.deepEqual(await records.list(), [
    { backupId: 9, state: 'UNKNOWN' },
    { backupId: 10, state: 'IN_PROGRESS' },
  ]);
});

test('The snapshots that are being taken are known also where the names cannot be listed', async () => {
  const snapshots = [snapshotNamed(`${prefix}10`, { state: 'IN_PROGRESS' }), snapshotNamed(`${prefix}9`)];
  const engine = fakeSearch(snapshots, {
    snapshotNames: async () => {
      throw new Error('not to be had');
    },
  });
  assert.deepEqual(await records(engine, target).listSome?.(7), [{ backupId: 10, state: 'IN_PROGRESS' }]);
});
