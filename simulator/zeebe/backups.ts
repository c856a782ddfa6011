import { readFileSync } from 'node:fs';
import * as z from 'zod';
import {
  aggregate,
  BackupStoreError,
  type PartitionInfo,
  type ZeebeBackupInfo,
  type ZeebeBackups,
} from '../camunda/zeebe-backup.ts';
import type { SimulatorClock } from '../clock.ts';
import type { Catalog, Found } from './catalog.ts';
import type { Segment } from './log.ts';
import { type Manifest, type ManifestStatus, minorOf } from './manifest.ts';
import type { Partition } from './partition.ts';
import type { Snapshot } from './snapshots.ts';

const LEADER_CHANGE = 'Backup is cancelled due to leader change.';
const NODE = 0;

/** With several manifests of one partition, the first of these decides. */
const BEST: ManifestStatus[] = ['COMPLETED', 'IN_PROGRESS', 'FAILED'];

interface BackupsOptions {
  partitions: Partition[];
  catalog: Catalog;
  /** `8.8` */
  camunda: string;
  clock: SimulatorClock;
  /** Milliseconds before each object but the first manifest is written. */
  copyMs: number;
}

/** The partitions' backups. Each partition copies by itself, and all answers come from the store. */
export class BrokerBackups implements ZeebeBackups {
  readonly #options: BackupsOptions;
  readonly #stop = new AbortController();
  readonly #copies = new Map<number, { cancel: AbortController; all: Promise<unknown> }>();

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  get checkpoint(): number {
    return Math.max(...this.#options.partitions.map(({ state }) => state.checkpoint.id));
  }

  /** Writes the checkpoint into each partition's log. The copies go on after it has returned. */
  take(id: number): void {
    const cancel = new AbortController();
    const copies = this.#options.partitions.map((partition) =>
      this.#copy(partition, id, partition.checkpoint(id), cancel.signal),
    );
    const all = Promise.all(copies).finally(() => this.#copies.delete(id));
    this.#copies.set(id, { cancel, all });
  }

  async info(id: number): Promise<ZeebeBackupInfo | undefined> {
    const found = await this.#ask((catalog) => catalog.find(id));
    return found.length > 0 ? this.#info(id, found, 'full') : undefined;
  }

  async list(): Promise<ZeebeBackupInfo[]> {
    const found = await this.#ask((catalog) => catalog.find());
    const byId = Map.groupBy(found, ({ manifest }) => manifest.id);
    return [...byId].map(([id, own]) => this.#info(id, own, 'thin'));
  }

  async delete(id: number): Promise<void> {
    const running = this.#copies.get(id);
    running?.cancel.abort();
    await running?.all;
    await this.#ask(async (catalog) => {
      for (const found of await catalog.find(id)) {
        // From 8.9 on the manifest says so before the objects go.
        if (minorOf(this.#options.camunda) >= 9) await this.#change(found, { status: 'DELETED' });
        await catalog.delete(found);
      }
    });
  }

  /** Marks the backups as failed that this broker was taking when it died. Without the store they stay as they are. */
  async failLeftOver(): Promise<void> {
    try {
      for (const found of await this.#options.catalog.find()) {
        const { node, status } = found.manifest;
        if (node !== NODE || status !== 'IN_PROGRESS') continue;
        await this.#change(found, { status: 'FAILED', failureReason: LEADER_CHANGE });
      }
    } catch {
      // The real broker only logs it, too.
    }
  }

  /** Stops the copies as a kill does: what they have written stays as it is. Resolves when no write is running. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.copied();
  }

  /** Resolves when no copy is running. */
  async copied(): Promise<void> {
    await Promise.all([...this.#copies.values()].map(({ all }) => all));
  }

  async #copy(partition: Partition, id: number, position: number, cancelled: AbortSignal): Promise<void> {
    const { catalog, clock, copyMs } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, cancelled]);
    const { snapshot, release } = partition.reserve();
    const segments = partition.log.segments.filter(({ last }) => last > (snapshot?.bound ?? 0));
    const manifest = this.#manifest(partition, id, position, snapshot, segments);
    const found = { manifest, layout: catalog.layout };
    const copy = async (kind: 'snapshot' | 'segments', name: string, path: string) => {
      if (copyMs > 0) await clock.sleep(copyMs, signal);
      signal.throwIfAborted();
      await catalog.writeContent(manifest, kind, name, readFileSync(path));
    };
    try {
      // The checkpoint is answered before the first write begins.
      await Promise.resolve();
      signal.throwIfAborted();
      await catalog.write(manifest, catalog.layout);
      for (const { name, path } of snapshot?.files ?? []) await copy('snapshot', name, path);
      for (const { name, path } of segments) await copy('segments', name, path);
      signal.throwIfAborted();
      await this.#change(found, { status: 'COMPLETED' });
    } catch (error) {
      if (signal.aborted) return;
      const failed = this.#change(found, { status: 'FAILED', failureReason: reasonOf(error) });
      // If the store cannot be written, nothing says that the backup has failed.
      await failed.catch(() => undefined);
    } finally {
      release();
    }
  }

  #manifest(
    partition: Partition,
    id: number,
    checkpointPosition: number,
    snapshot: Snapshot | undefined,
    segments: Segment[],
  ): Manifest {
    const { clock, camunda, partitions } = this.#options;
    const createdAt = clock.now();
    return {
      partition: partition.id,
      id,
      node: NODE,
      status: 'IN_PROGRESS',
      descriptor: {
        ...(snapshot && { snapshotId: snapshot.id }),
        checkpointPosition,
        numberOfPartitions: partitions.length,
        brokerVersion: `${camunda}.0`,
        ...(minorOf(camunda) >= 9 && {
          checkpointTimestamp: new Date(createdAt).toISOString(),
          checkpointType: 'MANUAL_BACKUP',
          firstLogPosition: partition.log.first,
        }),
      },
      snapshot: snapshot?.files.map(({ name }) => name) ?? [],
      segments: segments.map(({ name }) => name),
      createdAt,
      modifiedAt: createdAt,
    };
  }

  #change({ manifest, layout }: Found, changes: Pick<Manifest, 'status' | 'failureReason'>): Promise<void> {
    const modifiedAt = this.#options.clock.now();
    return this.#options.catalog.write({ ...manifest, ...changes, modifiedAt }, layout);
  }

  async #ask<T>(question: (catalog: Catalog) => Promise<T>): Promise<T> {
    try {
      return await question(this.#options.catalog);
    } catch (error) {
      throw new BackupStoreError(reasonOf(error));
    }
  }

  #info(backupId: number, found: Found[], detail: 'full' | 'thin'): ZeebeBackupInfo {
    const details = this.#options.partitions.map(({ id }) => {
      const own = found.map(({ manifest }) => manifest).filter(({ partition }) => partition === id);
      return partitionInfo(id, own, detail);
    });
    const failureReason = details
      .filter(({ state }) => state === 'FAILED')
      .map((one) => `Backup on partition ${one.partitionId} failed due to ${one.failureReason}. `)
      .join('');
    const state = aggregate(details.map((one) => one.state));
    return { backupId, state, ...(failureReason !== '' && { failureReason }), details };
  }
}

function partitionInfo(partitionId: number, manifests: Manifest[], detail: 'full' | 'thin'): PartitionInfo {
  const best = BEST.flatMap((status) => manifests.filter((one) => one.status === status))[0];
  if (best === undefined || best.status === 'DELETED') return { partitionId, state: 'DOES_NOT_EXIST' };
  const { status: state, failureReason, descriptor, createdAt, modifiedAt } = best;
  const { snapshotId, checkpointPosition, brokerVersion } = descriptor;
  return {
    partitionId,
    state,
    ...(failureReason !== undefined && { failureReason }),
    createdAt: new Date(createdAt).toISOString(),
    ...(detail === 'full' && {
      lastUpdatedAt: new Date(modifiedAt).toISOString(),
      ...(snapshotId !== undefined && { snapshotId }),
      // A recorded answer about a failed backup has neither.
      ...(state !== 'FAILED' && { checkpointPosition, brokerVersion }),
    }),
    ...(detail === 'thin' && { brokerVersion }),
  };
}

const refused = z.object({ code: z.literal('ECONNREFUSED'), address: z.string(), port: z.number() });

/** What the real broker says about a refused connection, and the message of any other error. */
function reasonOf(error: unknown): string {
  const { success, data } = refused.safeParse(error);
  if (!success) return error instanceof Error ? error.message : String(error);
  const exception =
    'software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request';
  return `${exception}: Connection refused: /${data.address}:${data.port}`;
}
