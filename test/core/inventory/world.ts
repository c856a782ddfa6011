import assert from 'node:assert/strict';
import type { ListedBackup } from '../../../core/inventory/backup.ts';
import { listInventory, type Wanted } from '../../../core/inventory/list.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { entryOf, manifest } from '../backup/world.ts';
import { noAnswer, snapshotNamed } from '../fakes.ts';
import { setUp } from '../repair/leftovers-world.ts';

export const names = {
  webApplications: (id: number, part: number) => `camunda_webapps_${id}_8.8.3_part_${part}_of_2`,
  optimize: (id: number, part: number) => `camunda_optimize_${id}_8.8.3_part_${part}_of_2`,
  records: (id: number) => `camunda_zeebe_records_backup_${id}`,
};

/** The snapshots of a whole backup. */
export const snapshotsOf = (id: number) =>
  [
    ...[1, 2].flatMap((part) => [names.webApplications(id, part), names.optimize(id, part)]),
    names.records(id),
  ].map((name) => snapshotNamed(name, { startedAt: '2026-11-21T06:00:00.000Z' }));

/** The states of a whole backup in the lists of the components. */
export function listedEverywhere(...ids: number[]) {
  const states = Object.fromEntries(ids.map((id) => [id, 'COMPLETED']));
  return { zeebe: states, webApplications: states, optimize: states };
}

/** A backup that this ledger completed, with all that belongs to it. */
export function completed(backupId: number, rest: Partial<Manifest> = {}): Partial<Manifest> {
  return {
    ...manifest,
    backupId,
    state: 'COMPLETED',
    startedAt: '2026-11-21T08:00:00.000Z',
    endedAt: '2026-11-21T08:04:00.000Z',
    camundaVersion: '8.8.3',
    expectedComponents: ['webApplications', 'optimize', 'records', 'zeebe'],
    components: [
      entryOf('webApplications', {
        scheduledSnapshots: [1, 2].map((part) => names.webApplications(backupId, part)),
      }),
      entryOf('optimize', { scheduledSnapshots: [1, 2].map((part) => names.optimize(backupId, part)) }),
      entryOf('records', { scheduledSnapshots: [names.records(backupId)], repository: 'camunda' }),
      entryOf('zeebe'),
    ],
    exporting: {
      pausedAt: '2026-11-21T08:00:10.000Z',
      resumedAt: '2026-11-21T08:03:10.000Z',
      leftPaused: false,
    },
    ...rest,
  };
}

/** The world of leftovers, and what is listed in it. */
export async function world(options: Parameters<typeof setUp>[0]) {
  const set = await setUp(options);
  const config = (await set.context.config()).clusters['production'];
  assert(config);
  return {
    ...set,
    config,
    /** As after a disaster: no component of Camunda answers. */
    stopCamunda() {
      for (const call of Object.keys(set.fake.replies)) set.fake.replies[call] = noAnswer();
    },
    list: (wanted: Partial<Wanted> = {}) =>
      listInventory('production', config, { limit: 20, ...wanted }, set.context),
  };
}

/** `7 COMPLETED ledger 4/4` */
export const inShort = (backups: ListedBackup[]) =>
  backups.map(
    ({ backupId, state, madeBy, components: { complete, expected } }) =>
      `${backupId} ${state} ${madeBy} ${complete}/${expected}`,
  );
