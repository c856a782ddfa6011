import type { SimulatorClock } from '../clock.ts';

export type ExporterPhase = 'EXPORTING' | 'PAUSED' | 'SOFT_PAUSED' | 'CLOSED';

interface Replica {
  broker: number;
  partition: number;
  phase: ExporterPhase;
  /** The exported position during a pause. */
  standsAt: number | undefined;
}

const RECORDS_PER_SECOND = 20;
const FIRST_POSITION = 100;
/** In the recordings the exported position is a little ahead of the processed one, which only counts commands. */
const EXPORTED_AHEAD = 16;
const SNAPSHOT_BEHIND = 28;

/** The phase and position of exporting on every replica, as the endpoints show and change them. */
export interface Exporting {
  /** Sets the phase of these replicas. It outlives a restart of its broker. */
  setPhase(
    phase: ExporterPhase,
    where?: { broker?: number | undefined; partition?: number | undefined },
  ): void;
  phases(): { broker: number; partition: number; phase: ExporterPhase }[];
  /** The position of the last record that the partition's leader has processed. */
  processed(partition: number): number;
  /** `exported` is the position up to which the exporters have acknowledged; -1 if there is none. */
  replica(broker: number, partition: number): { phase: ExporterPhase; exported: number } | undefined;
  /** The latest snapshot of a partition; undefined if there is none yet. */
  snapshot(partition: number): { id: string; processed: number } | undefined;
}

/** Exporting in memory, whose positions are read off the clock. */
export class PlannedExporting implements Exporting {
  readonly #clock: SimulatorClock;
  readonly #snapshotSuffix: string;
  readonly #startedAt: number;
  readonly #replicas: Replica[] = [];
  readonly #history: { pausedAt: number; resumedAt: number | undefined }[] = [];
  #lag = -EXPORTED_AHEAD;

  /** `snapshotSuffix` ends the ids of snapshots: from 8.6 on with the broker that took them. */
  constructor(clock: SimulatorClock, brokers: number, partitions: number, snapshotSuffix: string) {
    this.#clock = clock;
    this.#snapshotSuffix = snapshotSuffix;
    this.#startedAt = clock.now();
    for (let broker = 0; broker < brokers; broker += 1) {
      for (let partition = 1; partition <= partitions; partition += 1) {
        this.#replicas.push({ broker, partition, phase: 'EXPORTING', standsAt: undefined });
      }
    }
  }

  setPhase(
    phase: ExporterPhase,
    where: { broker?: number | undefined; partition?: number | undefined } = {},
  ): void {
    for (const replica of this.#replicas) {
      if (where.broker !== undefined && replica.broker !== where.broker) continue;
      if (where.partition !== undefined && replica.partition !== where.partition) continue;
      // The position is read before the phase changes, because a pause keeps it.
      replica.standsAt = phase === 'EXPORTING' ? undefined : this.exported(replica);
      replica.phase = phase;
    }
    const paused = this.#replicas.some((replica) => replica.phase !== 'EXPORTING');
    const last = this.#history.at(-1);
    const open = last !== undefined && last.resumedAt === undefined;
    if (paused && !open) this.#history.push({ pausedAt: this.#clock.now(), resumedAt: undefined });
    if (!paused && open) last.resumedAt = this.#clock.now();
  }

  /** Sets how many records the exporters are behind the processing while they export. */
  setLag(records: number): void {
    this.#lag = records;
  }

  phases(): { broker: number; partition: number; phase: ExporterPhase }[] {
    return this.#replicas.map(({ broker, partition, phase }) => ({ broker, partition, phase }));
  }

  pausedSince(): number | undefined {
    const last = this.#history.at(-1);
    return last !== undefined && last.resumedAt === undefined ? last.pausedAt : undefined;
  }

  history(): { pausedAt: number; resumedAt: number | undefined }[] {
    return this.#history.map((pause) => ({ ...pause }));
  }

  processed(partition: number): number {
    const seconds = Math.max(0, this.#clock.now() - this.#startedAt) / 1000;
    return FIRST_POSITION + 10 * partition + Math.floor(seconds * RECORDS_PER_SECOND);
  }

  replica(broker: number, partition: number): { phase: ExporterPhase; exported: number } | undefined {
    const replica = this.#replicas.find((one) => one.broker === broker && one.partition === partition);
    return replica && { phase: replica.phase, exported: this.exported(replica) };
  }

  snapshot(partition: number): { id: string; processed: number } {
    const processed = Math.max(0, this.processed(partition) - SNAPSHOT_BEHIND);
    const id = `13-1-${processed}-${processed + EXPORTED_AHEAD}${this.#snapshotSuffix}`;
    return { id, processed };
  }

  exported(replica: { partition: number; standsAt: number | undefined }): number {
    return replica.standsAt ?? Math.max(-1, this.processed(replica.partition) - this.#lag);
  }
}
