import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { json } from '../fakes.ts';
import {
  applicationAnswer,
  at88,
  backupId,
  type Case,
  contents,
  judged,
  manifestAt,
  names,
  partition,
  remove,
  rewrite,
  snapshotOf,
  storedManifest,
  verified,
  world,
  zeebeAnswer,
} from './world.ts';

const noSuchBackup = json(404, { message: `Backup with id ${backupId} does not exist` });

/** Something is wrong, and it was seen. */
const wrong: Case[] = [
  {
    what: 'a FAILED manifest',
    change: (world) => {
      assert(world.manifest);
      world.manifest = {
        ...world.manifest,
        state: 'FAILED',
        failure: { error: 'PauseFailed', message: 'No.' },
      };
    },
    name: 'manifest',
    says: /has failed: No\./,
  },
  {
    what: 'a component that has no such backup any more',
    change: ({ http }) => {
      http.replies[at88.zeebe] = noSuchBackup;
    },
    name: 'components',
    subject: 'zeebe',
    says: /Zeebe: there is no backup/,
  },
  {
    what: 'a component that says FAILED',
    change: ({ http }) => {
      http.replies[at88.webApplications] = applicationAnswer(names.webapps, 'FAILED');
    },
    name: 'components',
    subject: 'webApplications',
    says: /is FAILED/,
  },
  {
    what: 'a component that says INCOMPLETE',
    change: ({ http }) => {
      http.replies[at88.optimize] = applicationAnswer(names.optimize, 'INCOMPLETE');
    },
    name: 'components',
    subject: 'optimize',
    says: /is INCOMPLETE/,
  },
  {
    what: 'a missing part that the component had announced',
    change: (world) => remove(world, names.webapps[1]),
    name: 'snapshots',
    subject: 'webApplications',
    says: /part_2_of_3 is not in the repository camunda/,
  },
  {
    what: 'a missing part that only the names of the others show',
    change: (world) => remove(world, names.optimize[0]),
    name: 'snapshots',
    subject: 'optimize',
    says: /part_1_of_2 is not in the repository camunda/,
  },
  {
    what: 'no part at all',
    change: (world) => {
      remove(world, names.optimize[0]);
      remove(world, names.optimize[1]);
    },
    name: 'snapshots',
    subject: 'optimize',
    says: /no snapshot of Optimize/,
  },
  {
    what: 'a PARTIAL snapshot',
    change: (world) => Object.assign(snapshotOf(world, names.webapps[0]), { state: 'PARTIAL' }),
    name: 'snapshots',
    subject: 'webApplications',
    says: /is PARTIAL/,
  },
  {
    what: 'a failed shard',
    change: (world) =>
      Object.assign(snapshotOf(world, names.records), { shards: { total: 2, successful: 1, failed: 1 } }),
    name: 'snapshots',
    subject: 'records',
    says: /1 of 2 shards failed/,
  },
  {
    what: 'metadata of another backup',
    change: (world) => Object.assign(snapshotOf(world, names.webapps[2]), { metadata: { backupId: 17 } }),
    name: 'snapshots',
    subject: 'webApplications',
    says: /says in its metadata that its backup id is 17/,
  },
  {
    what: 'records without an index, which the engine calls SUCCESS',
    change: (world) => Object.assign(snapshotOf(world, names.records), { indices: [] }),
    name: 'snapshots',
    subject: 'records',
    says: /has no index/,
  },
  {
    what: 'a snapshot that was replaced by another one of its name',
    change: (world) => Object.assign(snapshotOf(world, names.records), { uuid: 'another' }),
    name: 'snapshots',
    subject: 'records',
    says: /its uuid is another, and was uuid-/,
  },
  {
    what: 'a snapshot without an index that it had',
    change: (world) => snapshotOf(world, names.records).indices.pop(),
    name: 'snapshots',
    subject: 'records',
    says: /lacks indices that it had .*: zeebe-record_process/,
  },
  {
    what: 'exporting that was resumed before it was paused',
    change: ({ manifest }) => {
      assert(manifest);
      manifest.exporting.resumedAt = '2025-06-03T07:00:00.000Z';
      for (const one of manifest.components) delete one.endedAt;
    },
    name: 'times',
    says: /exporting was resumed at .*T07:00/,
  },
  {
    what: 'a failed partition',
    change: ({ http }) => {
      http.replies[at88.zeebe] = zeebeAnswer([partition(1), partition(2, { state: 'FAILED' })], 'FAILED');
    },
    name: 'partitions',
    says: /partition 2 is FAILED/,
  },
  {
    what: 'a missing partition',
    change: ({ http }) => {
      http.replies[at88.zeebe] = zeebeAnswer([partition(1)]);
    },
    name: 'partitions',
    says: /Of 2 partitions, Zeebe lacks 2/,
  },
  {
    what: 'partitions of brokers of two versions',
    change: ({ http }) => {
      http.replies[at88.zeebe] = zeebeAnswer([partition(1), partition(2, { brokerVersion: '8.8.4' })]);
    },
    name: 'partitions',
    says: /different versions took the partitions: 8\.8\.3, 8\.8\.4/,
  },
  {
    what: 'a partition that the store lacks, and that Zeebe does not show either',
    change: ({ http, files }) => {
      http.replies[at88.zeebe] = zeebeAnswer(
        [partition(1), partition(2, { state: 'DOES_NOT_EXIST' })],
        'INCOMPLETE',
      );
      delete files[manifestAt(2)];
    },
    name: 'store',
    says: /Partition 2 .* has no manifest/,
  },
  {
    what: 'a failed manifest in the store',
    change: ({ files }) =>
      rewrite(files, { statusCode: 'FAILED', failureReason: 'leader change\n  at java' }, 2),
    name: 'store',
    says: /Partition 2 .* is FAILED in .*: leader change$/,
  },
  {
    what: 'a file that a manifest lists and the store lacks',
    change: ({ files }) => {
      delete files[`${contents(1)}segments/raft-partition-partition-1-7.log`];
    },
    name: 'store',
    says: /Of the files that .* lists, .* lacks 1: .*raft-partition-partition-1-7\.log/,
  },
  {
    what: 'an empty file',
    change: ({ files }) => {
      files[`${contents(2)}snapshot/000012.sst`] = '';
    },
    name: 'store',
    says: /has 1 empty file: snapshot\/000012\.sst/,
  },
  {
    what: 'a manifest without any segment of the log, which a broker never writes',
    change: ({ files }) => rewrite(files, { segments: { files: [] } }),
    name: 'store',
    says: /lists no segment/,
  },
  {
    what: 'a manifest that names a snapshot and lists none of its files',
    change: ({ files }) => rewrite(files, { snapshot: { files: [] } }),
    name: 'store',
    says: /names the snapshot 44-1-60-50-0 and lists none/,
  },
  {
    what: 'manifests that disagree on the number of partitions',
    change: ({ files }) =>
      rewrite(files, { descriptor: { ...storedManifest(files).descriptor, numberOfPartitions: 3 } }, 2),
    name: 'store',
    says: /number of partitions is/,
  },
  {
    what: 'manifests of brokers of two versions',
    change: ({ files }) =>
      rewrite(files, { descriptor: { ...storedManifest(files).descriptor, brokerVersion: '8.8.4' } }, 2),
    name: 'store',
    says: /8\.8\.3, 8\.8\.4/,
  },
  {
    what: 'a manifest of another backup in the place of this one',
    change: ({ files }) => rewrite(files, { id: { nodeId: 0, partitionId: 1, checkpointId: 17 } }),
    name: 'store',
    says: /is of partition 1 of the backup 17/,
  },
  {
    what: 'a partition at another position than when the backup was complete',
    change: ({ files }) =>
      rewrite(files, { descriptor: { ...storedManifest(files).descriptor, checkpointPosition: 99 } }),
    name: 'store',
    says: /Partition 1 is not what this backup took/,
  },
  {
    what: 'a file of the snapshot that no manifest lists',
    change: ({ files }) =>
      rewrite(files, {
        snapshot: { files: [{ name: 'zeebe.metadata' }, { name: '44-1-60-50-0.checksum' }] },
      }),
    name: 'store',
    says: /has had files that the backup lacks: 000012\.sst/,
  },
  {
    what: 'a flipped bit in a file of a snapshot',
    change: ({ files }) => {
      files[`${contents(1)}snapshot/000012.sst`] = '123456788';
    },
    name: 'data',
    says: /of 1 file .*000012\.sst has the CRC-32C [0-9a-f]{8}, and had e3069283/,
  },
  {
    what: 'a component that was asked before the pause',
    change: (world) => {
      assert(world.manifest);
      world.manifest.exporting.pausedAt = '2025-06-03T07:53:50.000Z';
    },
    name: 'times',
    says: /webApplications was asked at .*, before the pause/,
  },
  {
    what: "exporting that was resumed before the end of Zeebe's backup",
    change: (world) => {
      assert(world.manifest);
      world.manifest.exporting.resumedAt = '2025-06-03T07:54:20.000Z';
    },
    name: 'times',
    says: /zeebe ended at .*, after exporting was resumed/,
  },
  {
    what: 'parts that took longer than the whole backup of their component',
    change: (world) => {
      const [part] = world.manifest?.components.at(-1)?.parts ?? [];
      assert(part);
      part.startedAt = '2025-06-03T05:00:00.000Z';
    },
    name: 'times',
    subject: 'zeebe',
    says: /began before it was asked for/,
  },
  {
    what: "Optimize's data saved before its positions",
    change: (world) =>
      Object.assign(snapshotOf(world, names.optimize[1]), {
        startedAt: '2025-06-03T07:53:30Z',
        endedAt: '2025-06-03T07:53:31Z',
      }),
    name: 'optimizeOrder',
    says: /data was saved before its positions/,
  },
];

for (const { what, change, name, subject, says } of wrong) {
  test(`Verification finds ${what}`, async () => {
    const changed = world();
    change(changed);
    const { verification } = await verified(changed);
    const found = judged(verification, name, subject).filter((one) => one.startsWith('wrong: '));
    assert(
      found.some((one) => says.test(one)),
      JSON.stringify(verification.judgements, undefined, 1),
    );
    assert.equal(verification.verdict, 'wrong');
  });
}

test('Nothing else is asked or judged of a backup that has failed', async () => {
  const changed = world();
  assert(changed.manifest);
  const failure = { error: 'PauseFailed', message: 'No.', remedy: 'Do it.' };
  changed.manifest = { ...changed.manifest, state: 'FAILED', failure };
  changed.settings = '    verify: { require: [components, data] }';
  // Its run has deleted its parts.
  changed.http.replies[at88.webApplications] = noSuchBackup;
  const { verification } = await verified(changed);
  assert.deepEqual(verification.judgements, [
    {
      name: 'manifest',
      subject: 'ledger',
      verdict: 'wrong',
      says: `The backup ${backupId} has failed: No.`,
      remedy: 'Do it.',
    },
  ]);
  assert.equal(verification.read, undefined);
  assert.deepEqual(changed.http.calls(), []);
});
