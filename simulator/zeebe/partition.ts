import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { ExporterPhase } from '../camunda/exporting.ts';
import { Log } from './log.ts';
import type { NewRecord } from './records.ts';
import { type Snapshot, Snapshots } from './snapshots.ts';
import { type Instance, type Job, keyOf, State } from './state.ts';

const phaseSchema = z.enum(['EXPORTING', 'PAUSED', 'SOFT_PAUSED', 'CLOSED']);

const PROCESS = 'order';
const JOB_TYPE = 'work';

interface PartitionOptions {
  folder: string;
  exporters: string[];
  snapshotSuffix: string;
  segmentBytes: number;
  snapshotEveryMs: number;
  now: () => number;
}

/** One partition: its log, its state, the phase and the positions of its exporters, and its snapshots. */
export class Partition {
  readonly id: number;
  readonly log: Log;
  readonly snapshots: Snapshots;
  readonly state: State;
  /** The position up to which each exporter has exported. It is lost with the process. */
  readonly exported = new Map<string, number>();
  /** The position up to which each exporter has acknowledged. After a start it is that of the latest snapshot. */
  readonly acknowledged = new Map<string, number>();
  readonly #options: PartitionOptions;
  readonly #term: number;
  readonly #reserved = new Map<symbol, Snapshot | undefined>();
  #phase: ExporterPhase;
  #snapshotAt: number;
  #isStopped = false;
  /** Tells the exporters that there is something to do. */
  changed: () => void = () => undefined;

  constructor(id: number, options: PartitionOptions) {
    this.id = id;
    this.#options = options;
    this.#snapshotAt = options.now();
    this.log = new Log(options.folder, id, options.segmentBytes);
    this.snapshots = new Snapshots(join(options.folder, 'snapshots'), options.snapshotSuffix);
    const { latest } = this.snapshots;
    const { state, positions } = latest ? this.snapshots.load(latest) : { state: new State(), positions: {} };
    const { first = 0 } = this.log;
    if (first > state.position + 1) {
      const end = state.position;
      throw new Error(
        `The log of partition ${id} begins at ${first}, but the latest snapshot ends at ${end}.`,
      );
    }
    this.state = state;
    for (const record of this.log.after(state.position)) state.apply(record);
    for (const exporter of options.exporters) {
      const position = positions[exporter] ?? -1;
      this.exported.set(exporter, position);
      this.acknowledged.set(exporter, position);
    }
    this.#term = (this.log.last?.term ?? 0) + 1;
    this.#phase = existsSync(this.#phaseFile)
      ? phaseSchema.parse(readFileSync(this.#phaseFile, 'utf8'))
      : 'EXPORTING';
  }

  get phase(): ExporterPhase {
    return this.#phase;
  }

  /** Sets the phase and writes it to the disk. A resume acknowledges what was exported during a soft pause. */
  set phase(phase: ExporterPhase) {
    writeFileSync(this.#phaseFile, phase);
    this.#phase = phase;
    if (phase === 'EXPORTING') {
      for (const [exporter, position] of this.exported) this.acknowledged.set(exporter, position);
    }
    this.changed();
  }

  /** The lowest position that the exporters have acknowledged; -1 if there is none. */
  get exportedPosition(): number {
    return this.acknowledged.size > 0 ? Math.min(...this.acknowledged.values()) : -1;
  }

  /** Creates an instance with its variables and its first job. */
  create(order: string, jobs: number, variables: Record<string, unknown>): Instance {
    const key = this.#nextKey(1);
    const instance: Instance = { key, order, state: 'ACTIVE', jobs, done: 0 };
    const all = Object.entries({ order, ...variables });
    this.#append([
      instanceRecord(instance, 'ELEMENT_ACTIVATED'),
      ...all.map(([name, content], index) => ({
        key: this.#nextKey(2 + index),
        valueType: 'VARIABLE' as const,
        intent: 'CREATED' as const,
        value: { processInstanceKey: key, order, scopeKey: key, name, value: JSON.stringify(content) },
      })),
      jobRecord(this.#nextKey(2 + all.length), 'CREATED', instance, 1),
    ]);
    return instance;
  }

  /** Gives jobs to a worker until the deadline. Jobs whose former deadline has passed are given anew. */
  activate(count: number, worker: string, deadline: number): Job[] {
    const now = this.#options.now();
    const free = [...this.state.jobs.values()]
      .filter((job) => job.deadline === undefined || job.deadline <= now)
      .slice(0, count);
    if (free.length === 0) return [];
    const value = { worker, jobKeys: free.map((job) => job.key), deadline };
    this.#append([
      ...free
        .filter((job) => job.deadline !== undefined)
        .map((job) => jobRecord(job.key, 'TIMED_OUT', { ...job, key: job.processInstanceKey }, job.step)),
      { key: this.#nextKey(1), valueType: 'JOB_BATCH', intent: 'ACTIVATED', value },
    ]);
    return free.flatMap((job) => this.state.jobs.get(job.key) ?? []);
  }

  /** Completes a job, after which the instance has its next one or is completed. False if there is no such job. */
  complete(key: string): boolean {
    const job = this.state.jobs.get(key);
    const instance = job && this.state.instances.get(job.processInstanceKey);
    if (job === undefined || instance === undefined) return false;
    const next =
      job.step === instance.jobs
        ? instanceRecord(instance, 'ELEMENT_COMPLETED')
        : jobRecord(this.#nextKey(1), 'CREATED', instance, job.step + 1);
    this.#append([jobRecord(key, 'COMPLETED', instance, job.step), next]);
    return true;
  }

  /** Appends the record of a checkpoint and returns its position. */
  checkpoint(checkpointId: number): number {
    const checkpointPosition = this.state.position + 1;
    const value = { checkpointId, checkpointPosition };
    this.#append([{ key: this.#nextKey(1), valueType: 'CHECKPOINT', intent: 'CREATED', value }]);
    return checkpointPosition;
  }

  acknowledge(exporter: string, position: number): void {
    this.exported.set(exporter, position);
    if (this.phase === 'EXPORTING') this.acknowledged.set(exporter, position);
    this.#snapshotIfDue();
  }

  /** Takes a snapshot of the state and drops the segments that neither it, an exporter nor a running backup needs. */
  snapshot(): void {
    if (this.state.position === 0) return;
    this.#snapshotAt = this.#options.now();
    const positions = Object.fromEntries(this.acknowledged);
    this.snapshots.take(this.state, positions, this.log);
    const needed = [this.snapshots.latest, ...this.#reserved.values()];
    this.snapshots.keep(new Set(needed.flatMap((snapshot) => snapshot?.id ?? [])));
    this.log.compact(Math.min(...needed.map((snapshot) => snapshot?.bound ?? 0)));
  }

  /** Keeps the latest snapshot, and the log that follows it, until `release` is called. */
  reserve(): { snapshot: Snapshot | undefined; release: () => void } {
    const token = Symbol();
    const snapshot = this.snapshots.latest;
    this.#reserved.set(token, snapshot);
    return { snapshot, release: () => void this.#reserved.delete(token) };
  }

  /** Refuses all that would write from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  get #phaseFile(): string {
    return join(this.#options.folder, '.exporterPaused');
  }

  #nextKey(ahead: number): string {
    return keyOf(this.id, this.state.keys + ahead);
  }

  #append(records: NewRecord[]): void {
    if (this.#isStopped) throw new Error('The broker is stopped.');
    const { position } = this.state;
    const common = { partition: this.id, timestamp: this.#options.now() };
    this.log.append(
      this.#term,
      records.map((record, index) => ({ ...common, position: position + 1 + index, ...record })),
    );
    for (const record of this.log.after(position)) this.state.apply(record);
    this.changed();
    this.#snapshotIfDue();
  }

  #snapshotIfDue(): void {
    if (this.#isStopped) return;
    if (this.#options.now() - this.#snapshotAt >= this.#options.snapshotEveryMs) this.snapshot();
  }
}

function instanceRecord(instance: Instance, intent: 'ELEMENT_ACTIVATED' | 'ELEMENT_COMPLETED'): NewRecord {
  const { key, order, jobs } = instance;
  const ids = { processInstanceKey: key, order, bpmnProcessId: PROCESS, elementId: PROCESS };
  return { key, valueType: 'PROCESS_INSTANCE', intent, value: { ...ids, bpmnElementType: 'PROCESS', jobs } };
}

function jobRecord(
  key: string,
  intent: 'CREATED' | 'COMPLETED' | 'TIMED_OUT',
  instance: Pick<Instance, 'key' | 'order'>,
  step: number,
): NewRecord {
  const ids = { processInstanceKey: instance.key, order: instance.order, bpmnProcessId: PROCESS };
  const value = { ...ids, type: JOB_TYPE, elementId: `task-${step}`, step };
  return { key, valueType: 'JOB', intent, value };
}
