import type { ExporterPhase, Exporting } from '../camunda/exporting.ts';
import type { Where } from '../camunda/topology.ts';
import type { SimulatorClock } from '../clock.ts';
import type { Exporter, LogRecord } from './exporter.ts';
import type { Partition } from './partition.ts';
import type { StoredRecord } from './records.ts';

export interface ExportPacing {
  /** The most records of one call of an exporter. */
  batch: number;
  /** Milliseconds between two calls. */
  betweenMs: number;
  /** Milliseconds until records that an exporter rejected are exported again. */
  retryMs: number;
}

/** The only broker has every partition. */
const BROKER = 0;

/** Lets each exporter follow the log of each partition by itself, and pauses and resumes them. */
export class BrokerExporting implements Exporting {
  readonly #partitions: Partition[];
  readonly #pacing: ExportPacing;
  readonly #clock: SimulatorClock;
  readonly #stop = new AbortController();
  #change = Promise.withResolvers<void>();
  #runs: Promise<void>[] = [];

  constructor(partitions: Partition[], pacing: ExportPacing, clock: SimulatorClock) {
    this.#partitions = partitions;
    this.#pacing = pacing;
    this.#clock = clock;
  }

  start(exporters: Exporter[]): void {
    for (const partition of this.#partitions) {
      partition.changed = () => this.#wake();
      for (const exporter of exporters) this.#runs.push(this.#follow(partition, exporter));
    }
  }

  setPhase(phase: ExporterPhase, where: Where = {}): void {
    if (where.broker !== undefined && where.broker !== BROKER) return;
    for (const partition of this.#partitions) {
      if (where.partition === undefined || where.partition === partition.id) partition.phase = phase;
    }
  }

  phases(): { broker: number; partition: number; phase: ExporterPhase }[] {
    return this.#partitions.map(({ id, phase }) => ({ broker: BROKER, partition: id, phase }));
  }

  processed(partition: number): number {
    return this.#find(partition)?.state.position ?? -1;
  }

  replica(broker: number, partition: number): { phase: ExporterPhase; exported: number } | undefined {
    const found = broker === BROKER ? this.#find(partition) : undefined;
    return found && { phase: found.phase, exported: found.exportedPosition };
  }

  snapshot(partition: number): { id: string; processed: number } | undefined {
    const latest = this.#find(partition)?.snapshots.latest;
    return latest && { id: latest.id, processed: latest.processed };
  }

  /** Resolves when every exporter of a partition that is not paused has exported all that was written by then. */
  async caughtUp(): Promise<void> {
    const goals = this.#partitions.map((partition) => ({ partition, position: partition.state.position }));
    const lags = () =>
      goals.some(
        ({ partition, position }) =>
          exports(partition) &&
          [...partition.exported.values()].some((exported) => Math.max(0, exported) < position),
      );
    while (!this.#stop.signal.aborted && lags()) await this.#change.promise;
  }

  /** Stops the exporters as a kill does: nothing is acknowledged any more. Resolves when no call is running. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await Promise.all(this.#runs);
  }

  async #follow(partition: Partition, exporter: Exporter): Promise<void> {
    const { batch, betweenMs, retryMs } = this.#pacing;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const from = partition.exported.get(exporter.id) ?? -1;
      const records = exports(partition) ? partition.log.after(from, batch) : [];
      const last = records.at(-1);
      if (last === undefined) {
        await this.#change.promise;
        continue;
      }
      try {
        const wanted = records.flatMap((record) => (isExported(record) ? [record] : []));
        if (wanted.length > 0) await exporter.export(wanted);
      } catch {
        await this.#clock.sleep(retryMs, signal);
        continue;
      }
      if (signal.aborted) return;
      partition.acknowledge(exporter.id, last.position);
      this.#wake();
      if (betweenMs > 0) await this.#clock.sleep(betweenMs, signal);
    }
  }

  #find(id: number): Partition | undefined {
    return this.#partitions.find((partition) => partition.id === id);
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** A soft pause goes on exporting. */
const exports = ({ phase }: Partition): boolean => phase === 'EXPORTING' || phase === 'SOFT_PAUSED';

const isExported = (record: StoredRecord): record is StoredRecord & LogRecord =>
  record.valueType !== 'CHECKPOINT' && record.valueType !== 'JOB_BATCH';
