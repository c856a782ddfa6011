import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { json, noAnswer } from '../fakes.ts';
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
  type World,
  world,
  zeebeAnswer,
} from './world.ts';

const noSuchBackup = json(404, { message: `Backup with id ${backupId} does not exist` });

/** Zeebe's store then has other backups only. */
function withoutManifests({ files }: World): void {
  for (const name of Object.keys(files)) if (name.includes(String(backupId))) delete files[name];
}

const refused = json(403, { message: 'Forbidden' });

/** Nothing is seen to be wrong, and something is not known. It may never count as damaged, and never as proven. */
const unknown: Case[] = [
  {
    what: 'a ledger without the backup, which somebody made by hand',
    change: (world) => {
      world.manifest = undefined;
    },
    name: 'manifest',
    says: /a person or another tool made it/,
  },
  {
    what: 'a backup that is still being taken',
    change: (world) => {
      assert(world.manifest);
      const { endedAt: _, ...running } = world.manifest;
      world.manifest = { ...running, state: 'RUNNING' };
      world.http.replies[at88.zeebe] = noSuchBackup;
      remove(world, names.records);
      withoutManifests(world);
    },
    name: 'manifest',
    says: /still being taken/,
  },
  {
    what: 'a component that does not answer',
    change: ({ http }) => {
      http.replies[at88.optimize] = noAnswer();
    },
    name: 'components',
    subject: 'optimize',
    says: /ECONNREFUSED/,
  },
  {
    what: 'a component that refuses the question',
    change: ({ http }) => {
      http.replies[at88.webApplications] = refused;
    },
    name: 'components',
    subject: 'webApplications',
    says: /403/,
  },
  {
    what: 'a component with a word that is not known here',
    change: ({ http }) => {
      http.replies[at88.webApplications] = applicationAnswer(names.webapps, 'ARCHIVED');
    },
    name: 'components',
    subject: 'webApplications',
    says: /ARCHIVED, which is not known here/,
  },
  {
    what: 'a backup made by hand that lacks the last partition, which the cluster may have got later',
    change: (world) => {
      world.manifest = undefined;
      world.store = undefined;
      world.http.replies[at88.zeebe] = zeebeAnswer(
        [partition(1), partition(2), partition(3, { state: 'DOES_NOT_EXIST' })],
        'INCOMPLETE',
      );
    },
    name: 'partitions',
    says: /Of 3 partitions, Zeebe lacks 3; whether the cluster had/,
  },
  {
    what: 'Zeebe that does not answer',
    change: ({ http }) => {
      http.replies[at88.zeebe] = noAnswer();
    },
    name: 'partitions',
    says: /ECONNREFUSED/,
  },
  {
    what: 'Zeebe that does not show the versions of its brokers',
    change: ({ http }) => {
      http.replies[at88.zeebe] = zeebeAnswer([partition(1), partition(2, { brokerVersion: null })]);
    },
    name: 'partitions',
    says: /does not show which version/,
  },
  {
    what: 'a search engine that does not answer',
    change: ({ search }) => {
      search.snapshots = async () => {
        throw noAnswer('http://es:9200');
      };
    },
    name: 'snapshots',
    subject: 'records',
    says: /ECONNREFUSED/,
  },
  {
    what: 'a search engine that refuses the question',
    change: ({ search }) => {
      search.snapshots = async () => {
        throw new BackupError('RequestRefused', 'security_exception', { status: 403 });
      };
    },
    name: 'snapshots',
    subject: 'optimize',
    says: /security_exception/,
  },
  {
    what: 'a snapshot that the engine omits from its list because it cannot read it',
    change: (world) => {
      remove(world, names.webapps[1]);
      world.search.snapshot = async () => {
        throw new BackupError('ServerTrouble', 'snapshot_exception: could not read the snapshot');
      };
    },
    name: 'snapshots',
    subject: 'webApplications',
    says: /could not read the snapshot/,
  },
  {
    what: 'a snapshot that is still being taken',
    change: (world) => Object.assign(snapshotOf(world, names.webapps[2]), { state: 'IN_PROGRESS' }),
    name: 'snapshots',
    subject: 'webApplications',
    says: /still being taken/,
  },
  {
    what: 'a snapshot in a state that is not known here',
    change: (world) => Object.assign(snapshotOf(world, names.webapps[2]), { state: 'FROZEN' }),
    name: 'snapshots',
    subject: 'webApplications',
    says: /FROZEN, which is not known here/,
  },
  {
    what: 'a store that the configuration does not name',
    change: (world) => {
      world.store = undefined;
    },
    name: 'store',
    says: /does not say where it is/,
  },
  {
    what: 'a store in another cloud',
    change: (world) => {
      world.store = () => '{ gcs: { bucket: zeebe } }';
    },
    name: 'store',
    says: /not in S3 and not in a folder/,
  },
  {
    what: 'a folder that is not mounted here',
    change: (world) => {
      world.store = (folder) => `{ folder: ${folder}/elsewhere }`;
    },
    name: 'store',
    says: /does not exist here/,
  },
  {
    what: 'a store without any backup',
    change: (world) => {
      world.http.replies[at88.zeebe] = noAnswer();
      world.files = {};
    },
    name: 'store',
    says: /no backup at all, so it may be another store/,
  },
  {
    what: 'a store without this backup, which Zeebe shows as completed',
    change: withoutManifests,
    name: 'store',
    says: /has no manifest of the backup/,
  },
  {
    what: 'a store with other backups and without this one, while Zeebe does not answer',
    change: (world) => {
      world.http.replies[at88.zeebe] = noAnswer();
      withoutManifests(world);
    },
    name: 'store',
    says: /may be another store/,
  },
  {
    what: 'a backup made by hand that another component is still working on',
    change: (world) => {
      world.manifest = undefined;
      world.http.replies[at88.zeebe] = noSuchBackup;
      world.http.replies[at88.webApplications] = applicationAnswer(names.webapps, 'IN_PROGRESS');
      withoutManifests(world);
    },
    name: 'components',
    subject: 'zeebe',
    says: /there is no backup .*; whether it should have one is not known/,
  },
  {
    what: 'snapshots of which nothing was recorded, so that they may have been replaced',
    change: (world) => {
      world.recorded = [];
    },
    name: 'snapshots',
    subject: 'records',
    says: /replaced is not known, since their uuids are not recorded/,
  },
  {
    what: 'snapshots in another repository than the configuration names now',
    change: (world) => {
      for (const one of world.recorded) one.repository = 'camunda-2024';
      world.snapshots.splice(0);
    },
    name: 'snapshots',
    subject: 'records',
    says: /are in the repository camunda-2024, and camunda was read/,
  },
  {
    what: 'a manifest with a time in microseconds',
    change: ({ files }) => rewrite(files, { createdAt: 1_795_824_000_000_000 }),
    name: 'store',
    says: /createdAt: it is no time/,
  },
  ...[0, 10_000_000_000].map(
    (numberOfPartitions): Case => ({
      what: `a manifest that says that there are ${numberOfPartitions} partitions`,
      change: ({ files }) =>
        rewrite(files, { descriptor: { ...storedManifest(files).descriptor, numberOfPartitions } }),
      name: 'store',
      says: /descriptor\.numberOfPartitions/,
    }),
  ),
  {
    what: 'contents of a partition that has no manifest',
    change: ({ files }) => {
      delete files[manifestAt(2)];
    },
    name: 'data',
    says: /snapshot of partition 2 was not read/,
  },
  {
    what: 'a pause that was seen to hold only before the end of the backup of Zeebe',
    change: ({ manifest }) => {
      assert(manifest);
      manifest.exporting.pauseHeldAt = '2025-06-03T07:50:00.000Z';
    },
    name: 'times',
    says: /stayed paused .* was not seen/,
  },
  {
    what: 'a component whose end is not recorded',
    change: ({ manifest }) => {
      delete manifest?.components[1]?.endedAt;
    },
    name: 'times',
    says: /When optimize ended is not recorded/,
  },
  {
    what: 'two brokers of one partition, of which the first lacks a file and the other has a form that is not known',
    change: ({ files }) => {
      const { id, ...other } = storedManifest(files);
      const changed = { ...other, id: { ...id, nodeId: 3 }, segments: undefined };
      files[`manifests/1/${backupId}/3/manifest.json`] = JSON.stringify(changed);
      delete files[`${contents(1)}segments/raft-partition-partition-1-7.log`];
    },
    name: 'store',
    says: /not known which of them a restore takes/,
  },
  {
    what: 'a manifest in a form that is not known here',
    change: ({ files }) => {
      files[manifestAt(1)] = 'PK\u0003\u0004';
    },
    name: 'store',
    says: /form that is not known here \(it is not JSON\)/,
  },
  {
    what: 'a manifest in a state that is not known here',
    change: ({ files }) => rewrite(files, { statusCode: 'ARCHIVED' }),
    name: 'store',
    says: /is ARCHIVED in .*, which is not known here/,
  },
  {
    what: 'a manifest that does not list its files in a known form',
    change: ({ files }) => rewrite(files, { segments: undefined }),
    name: 'store',
    says: /lists its files in a form that is not known here/,
  },
  {
    what: 'a manifest that is in progress',
    change: ({ files }) => rewrite(files, { statusCode: 'IN_PROGRESS' }),
    name: 'store',
    says: /still being taken/,
  },
  {
    what: 'two brokers with a completed manifest of one partition, of which one lacks a file',
    change: ({ files }) => {
      const other = storedManifest(files);
      files[`manifests/1/${backupId}/3/manifest.json`] = JSON.stringify({
        ...other,
        id: { ...other.id, nodeId: 3 },
      });
    },
    name: 'store',
    says: /not known which of them a restore takes/,
  },
  {
    what: 'a file with checksums of the first versions, which have one value for all files',
    change: ({ files }) => {
      for (const number of [1, 2])
        files[`${contents(number)}snapshot/44-1-60-50-0.checksum`] = '\u0000\u0001ABCDEF';
    },
    name: 'data',
    says: /file with the checksums cannot be used/,
  },
  {
    what: 'a file without a checksum',
    change: ({ files }) => {
      files[`${contents(1)}snapshot/44-1-60-50-0.checksum`] = '000012.sst   e3069283\n';
    },
    name: 'data',
    says: /zeebe\.metadata \(it has no checksum\)/,
  },
  {
    what: 'a pause whose end was not seen',
    change: (world) => {
      delete world.manifest?.exporting.pauseHeldAt;
    },
    name: 'times',
    says: /stayed paused .* was not seen/,
  },
  {
    what: 'a pause that is not recorded',
    change: (world) => {
      delete world.manifest?.exporting.pausedAt;
    },
    name: 'times',
    says: /is not recorded/,
  },
  {
    what: 'a clock that is wrong by hours',
    change: (world) => {
      for (const part of world.manifest?.components.at(-1)?.parts ?? []) {
        part.startedAt = part.startedAt?.replace('T07', 'T10');
        part.endedAt = part.endedAt?.replace('T07', 'T10');
      }
    },
    name: 'times',
    subject: 'zeebe',
    says: /its parts are 2 h 59 min after this backup/,
  },
  {
    what: "Optimize's two snapshots at the same time",
    change: (world) =>
      Object.assign(snapshotOf(world, names.optimize[1]), { startedAt: '2025-06-03T07:53:41.000Z' }),
    name: 'optimizeOrder',
    says: /saved at the same time, as Optimize does on OpenSearch/,
  },
];

for (const { what, change, name, subject, says } of unknown) {
  test(`Verification does not know, neither as damaged nor as proven: ${what}`, async () => {
    const changed = world();
    change(changed);
    const { verification } = await verified(changed);
    const found = judged(verification, name, subject);
    assert(
      found.some((one) => one.startsWith('unknown: ') && says.test(one)),
      JSON.stringify(verification.judgements, undefined, 1),
    );
    assert.deepEqual(
      found.filter((one) => one.startsWith('proven: ')),
      [],
    );
    assert.deepEqual(
      verification.judgements.filter(({ verdict }) => verdict === 'wrong'),
      [],
    );
    assert.notEqual(verification.verdict, 'proven');
  });
}
