import { join } from 'node:path';
import type { Exporting } from '../camunda/exporting.ts';
import type { ZeebeBackups } from '../camunda/zeebe-backup.ts';
import type { SimulatorClock } from '../clock.ts';
import { openStore } from '../store/open.ts';
import type { ObjectStore } from '../store/store.ts';
import { BrokerBackups } from './backups.ts';
import { Catalog } from './catalog.ts';
import type { Exporter } from './exporter.ts';
import { BrokerExporting, type ExportPacing } from './exporting.ts';
import { minorOf } from './manifest.ts';
import { Partition } from './partition.ts';
import { type Instance, type Job, partitionOf } from './state.ts';

interface Pacing extends ExportPacing {
  /** Milliseconds before each object of a backup but its first manifest. */
  copyMs: number;
  /** A snapshot is taken with the first change that comes so many milliseconds after the former one. */
  snapshotEveryMs: number;
  /** The bytes after which a new segment begins. */
  segmentBytes: number;
}

const PACING: Pacing = {
  batch: 100,
  betweenMs: 0,
  retryMs: 1000,
  copyMs: 0,
  snapshotEveryMs: 300_000,
  segmentBytes: 65_536,
};

export interface BrokerOptions {
  /** The data directory. It need not exist. */
  data: string;
  /** The minor version, such as `8.8`. */
  camunda: string;
  partitions: number;
  /** The backup store: `s3://BUCKET/PATH?endpoint=URL&region=NAME`, a folder (from 8.8 on), or a store. */
  store: string | ObjectStore;
  exporters: Exporter[];
  clock: SimulatorClock;
  /** The default is a batch of 100 records without a wait, a snapshot every 5 minutes, and segments of 64 KiB. */
  pacing?: Partial<Pacing>;
}

/** The only broker of a cluster, which leads every partition. */
export interface Broker {
  exporting: Exporting;
  backups: ZeebeBackups;
  /** Creates an instance with so many jobs, one after another (default 1). The partitions take turns. */
  createInstance(order: string, options?: { jobs?: number; variables?: Record<string, unknown> }): Instance;
  /** Gives a worker jobs that no other one has. A job that it has not completed in time is given to another one. */
  activateJobs(options: { count: number; timeoutMs: number; worker?: string }): Job[];
  /** False if there is no such job (any more). */
  completeJob(key: string): boolean;
  /** All instances that the engine knows, the completed ones too. */
  instances(): Instance[];
  /** Takes a snapshot of every partition now, and drops what is not needed any more. */
  snapshot(): void;
  /** Resolves when the exporters have exported all that was written before, but for the paused partitions. */
  exported(): Promise<void>;
  /** Resolves when no partition is copying a backup. */
  copied(): Promise<void>;
  /**
   * Stops as a `kill -9` does: nothing is written any more but what an exporter or the store is writing just now, which
   * has ended when this resolves. The real broker does not write more when it is told to stop, either.
   */
  close(): Promise<void>;
}

/** Starts a broker from its data directory: the state is that of the latest snapshot and of the log after it. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { data, camunda, clock, exporters } = options;
  const pacing = { ...PACING, ...options.pacing };
  const catalog = new Catalog(openStore(options.store), camunda);
  const partitions = Array.from(
    { length: options.partitions },
    (_, index) =>
      new Partition(index + 1, {
        ...pacing,
        folder: partitionFolder(data, index + 1),
        exporters: exporters.map(({ id }) => id),
        snapshotSuffix: minorOf(camunda) >= 6 ? '-0' : '',
        now: () => clock.now(),
      }),
  );
  const exporting = new BrokerExporting(partitions, pacing, clock);
  const backups = new BrokerBackups({ partitions, catalog, camunda, clock, copyMs: pacing.copyMs });
  await backups.failLeftOver();
  exporting.start(exporters);
  let created = 0;

  return {
    exporting,
    backups,
    createInstance(order, { jobs = 1, variables = {} } = {}) {
      const partition = partitions[created % partitions.length];
      if (partition === undefined) throw new Error('A broker needs at least one partition.');
      created += 1;
      return partition.create(order, jobs, variables);
    },
    activateJobs({ count, timeoutMs, worker = 'worker' }) {
      const deadline = clock.now() + timeoutMs;
      const jobs: Job[] = [];
      for (const partition of partitions) {
        if (jobs.length < count) jobs.push(...partition.activate(count - jobs.length, worker, deadline));
      }
      return jobs;
    },
    completeJob: (key) => partitions.find(({ id }) => id === partitionOf(key))?.complete(key) ?? false,
    instances: () => partitions.flatMap(({ state }) => [...state.instances.values()]),
    snapshot() {
      for (const partition of partitions) partition.snapshot();
    },
    exported: () => exporting.caughtUp(),
    copied: () => backups.copied(),
    async close() {
      for (const partition of partitions) partition.stop();
      await Promise.all([exporting.stop(), backups.stop()]);
    },
  };
}

/** The folder of a partition below the data directory, as in the real one. */
export const partitionFolder = (data: string, partition: number): string =>
  join(data, 'raft-partition', 'partitions', String(partition));
