import assert from 'node:assert/strict';
import * as z from 'zod';
import type { Snapshot } from '../../../core/components/search/engine.ts';
import { readSnapshotName } from '../../../core/components/snapshot-names.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import type { SnapshotFacts } from '../../../core/ledger/restore-facts.ts';
import type { Judgement, Verification } from '../../../core/ledger/verification.ts';
import { verifyBackup } from '../../../core/verify/verify.ts';
import { folderWith } from '../components/zeebe/store/store-world.ts';
import { type Files, fileSystem } from '../components/zeebe/store/written-by-hand.ts';
import { at, cluster88 } from '../fake-cluster.ts';
import {
  type FakeHttp,
  fakeSearch,
  json,
  snapshotNamed,
  someOwner,
  type TestContext,
  testContext,
} from '../fakes.ts';

export const cluster = 'production';
export const backupId = 1748937221;

export const at88 = {
  zeebe: `GET ${at.zeebe}/actuator/backupRuntime/${backupId}`,
  webApplications: `GET ${at.zeebe}/actuator/backupHistory/${backupId}`,
  optimize: `GET ${at.optimize}/actuator/backups/${backupId}`,
};

const webapps = [1, 2, 3].map((part) => `camunda_webapps_${backupId}_8.8.20_part_${part}_of_3`);
const optimize = [1, 2].map((part) => `camunda_optimize_${backupId}_8.8.20_part_${part}_of_2`);
const records = `camunda_zeebe_records_backup_${backupId}`;
export const names = { webapps, optimize, records };

/** Zeebe's answer about its backup of two partitions. */
export const partition = (partitionId: number, rest: object = {}) => ({
  partitionId,
  state: 'COMPLETED',
  createdAt: '2025-06-03T07:54:10Z',
  lastUpdatedAt: '2025-06-03T07:54:20Z',
  snapshotId: '44-1-60-50-0',
  checkpointPosition: 71,
  brokerVersion: '8.8.3',
  ...rest,
});

export const zeebeAnswer = (details: object[] = [partition(1), partition(2)], state = 'COMPLETED') =>
  json(200, { backupId, state, details });

export const applicationAnswer = (parts: string[], state = 'COMPLETED') =>
  json(200, {
    backupId,
    state,
    details: parts.map((snapshotName) => ({
      snapshotName,
      state: 'SUCCESS',
      startTime: '2025-06-03T07:53:45.000+0000',
    })),
  });

function snapshotsOf(): Snapshot[] {
  const application = (name: string, number: number, of: number): Snapshot =>
    snapshotNamed(name, {
      uuid: `uuid-${name}`,
      metadata: { backupId, version: '8.8.20', partNo: number, partCount: of },
      startedAt: `2025-06-03T07:53:4${number}.000Z`,
      endedAt: `2025-06-03T07:53:4${number}.500Z`,
    });
  return [
    ...webapps.map((name, index) => application(name, index + 1, 3)),
    ...optimize.map((name, index) => application(name, index + 1, 2)),
    snapshotNamed(records, {
      uuid: `uuid-${records}`,
      metadata: { takenBy: 'camunda-backup', backupId, runId: 'run-1' },
    }),
  ];
}

const component = (name: 'zeebe' | 'webApplications' | 'optimize' | 'records', second: number) => ({
  component: name,
  runId: 'run-1',
  state: 'COMPLETED' as const,
  url: at.zeebe,
  requestedAt: `2025-06-03T07:5${second < 60 ? 3 : 4}:${String(second % 60).padStart(2, '0')}.000Z`,
  endedAt: `2025-06-03T07:54:${second < 60 ? '05' : '25'}.000Z`,
});

function manifestOf(): Manifest {
  return {
    format: 1,
    backupId,
    cluster,
    runId: 'run-1',
    reason: 'schedule',
    state: 'COMPLETED',
    startedAt: '2025-06-03T07:53:41.000Z',
    endedAt: '2025-06-03T07:54:30.000Z',
    order: 'PAUSE_FIRST',
    camundaVersion: '8.8.3',
    expectedComponents: ['webApplications', 'optimize', 'records', 'zeebe'],
    components: [
      { ...component('webApplications', 43), scheduledSnapshots: webapps },
      { ...component('optimize', 43) },
      { ...component('records', 66), scheduledSnapshots: [records] },
      {
        ...component('zeebe', 68),
        partitions: 2,
        parts: [1, 2].map((number) => ({
          name: `partition ${number}`,
          state: 'COMPLETED',
          startedAt: '2025-06-03T07:54:10.000Z',
          endedAt: '2025-06-03T07:54:20.000Z',
          checkpointPosition: 71,
        })),
      },
    ],
    exporting: {
      pausedAt: '2025-06-03T07:53:42.000Z',
      pauseProof: 'proven',
      pauseHeldAt: '2025-06-03T07:54:24.000Z',
      resumedAt: '2025-06-03T07:54:26.000Z',
      resumeProof: 'proven',
      leftPaused: false,
    },
    warnings: [],
  };
}

export const manifestWith = (change: Partial<Manifest>): Manifest => ({ ...manifestOf(), ...change });

/** A ledger with backups that have ended. */
export async function withBackups(...ids: number[]): Promise<TestContext> {
  const context = testContext();
  for (const backupId of ids) await context.ledger.createManifest(manifestWith({ backupId }));
  return context;
}

/** A cluster with one backup of which everything is right, and everything that a test may change about it. */
export interface World {
  http: FakeHttp;
  snapshots: Snapshot[];
  search: ReturnType<typeof fakeSearch>;
  /** The files of Zeebe's store. */
  files: Files;
  /** What was recorded of the snapshots when the backup was complete. */
  recorded: SnapshotFacts[];
  /** Undefined if the ledger has none. */
  manifest: Manifest | undefined;
  /** More settings of the cluster in the configuration. */
  settings: string;
  /** Undefined if the configuration does not name the store. */
  store: ((folder: string) => string) | undefined;
}

export function world(): World {
  const http = cluster88();
  Object.assign(http.replies, {
    [at88.zeebe]: zeebeAnswer(),
    [at88.webApplications]: applicationAnswer(webapps),
    [at88.optimize]: applicationAnswer(optimize),
  });
  const snapshots = snapshotsOf();
  return {
    http,
    snapshots,
    search: fakeSearch(snapshots),
    recorded: snapshots.map(({ name, uuid, indices }) => ({
      name,
      repository: 'camunda',
      ...(uuid === undefined ? {} : { uuid }),
      indices: indices.map((index) => ({ index, shards: [] })),
    })),
    files: { ...fileSystem(backupId), ...fileSystem(17) },
    manifest: manifestOf(),
    settings: '',
    store: (folder) => `{ folder: ${folder} }`,
  };
}

export interface Verified {
  verification: Verification;
  context: TestContext;
}

export async function contextOf(changed: World): Promise<TestContext> {
  const { http, search, files, manifest, settings, store } = changed;
  const context = testContext({
    http: http.http,
    search,
    yaml: `
ledger: { folder: ./ledger }
clusters:
  production:
    zeebe: { url: ${at.zeebe}${store ? `, store: ${store(folderWith(files))}` : ''} }
    webApplications: { url: ${at.zeebe} }
    optimize: { url: ${at.optimize} }
    search: { engine: elasticsearch, url: http://es:9200, repository: camunda }
    records: {}
${settings}
`,
  });
  if (!manifest) return context;
  await context.ledger.createManifest(manifest);
  for (const [name, snapshots] of Map.groupBy(
    changed.recorded,
    ({ name }) => readSnapshotName(name)?.component,
  )) {
    assert(name);
    const head = { format: 2 as const, cluster, backupId, runId: 'run-1', component: name };
    await context.ledger.createSnapshots({ ...head, after: [], snapshots, unknown: [] });
  }
  return context;
}

export async function verified(changed: World, { readData = true } = {}): Promise<Verified> {
  const context = await contextOf(changed);
  const by = { runId: 'verification-1', owner: someOwner };
  return { context, verification: await verifyBackup(cluster, backupId, { readData, by }, context) };
}

/** The judgements of one name, or also of one subject, each as `VERDICT: what it says`. */
export function judged({ judgements }: Verification, name: Judgement['name'], subject?: string): string[] {
  return judgements
    .filter((one) => one.name === name && (subject === undefined || one.subject === subject))
    .map(({ verdict, says }) => `${verdict}: ${says}`);
}

/** One way in which a backup differs from a right one, and the judgement that tells it. */
export interface Case {
  what: string;
  change: (world: World) => void;
  name: Judgement['name'];
  subject?: string;
  says: RegExp;
}

const place = (number: number, folder: string) => `${folder}/${number}/${backupId}/0/`;
/** Where Zeebe's store has the manifest of a partition, and its files. */
export const manifestAt = (number: number) => `${place(number, 'manifests')}manifest.json`;
export const contents = (number: number) => place(number, 'contents');

export const storedManifest = (files: Files, number = 1) =>
  z
    .looseObject({ id: z.looseObject({}), descriptor: z.looseObject({}) })
    .parse(JSON.parse(files[manifestAt(number)] ?? ''));

export function rewrite(files: Files, change: object, number = 1): void {
  files[manifestAt(number)] = JSON.stringify({ ...storedManifest(files, number), ...change });
}

export function snapshotOf({ snapshots }: Pick<World, 'snapshots'>, name: string | undefined): Snapshot {
  const found = snapshots.find((one) => one.name === name);
  assert(found);
  return found;
}

export function remove(world: Pick<World, 'snapshots'>, name: string | undefined): void {
  world.snapshots.splice(world.snapshots.indexOf(snapshotOf(world, name)), 1);
}
