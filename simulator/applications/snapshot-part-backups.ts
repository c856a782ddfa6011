import * as z from 'zod';
import type { Availability, PartBackups } from '../camunda/part-backups.ts';
import { newestFirst, type PartBackupInfo, partBackupInfo, partName } from '../camunda/part-state.ts';
import { EngineDown } from '../camunda/web-application.ts';
import type { SimulatorClock } from '../clock.ts';
import type { CourseKind } from '../faults/faults.ts';
import { type EngineClient, EngineRefused } from './engine-client.ts';
import { type ApplicationLayout, partPatterns } from './layout.ts';
import { partCourse, takeUnallocated } from './part-courses.ts';

const snapshotState = z.enum(['IN_PROGRESS', 'SUCCESS', 'PARTIAL', 'FAILED', 'INCOMPATIBLE']);
const snapshot = z.object({
  snapshot: z.string(),
  uuid: z.string(),
  state: snapshotState,
  start_time_in_millis: z.number(),
  end_time_in_millis: z.number(),
  metadata: z.object({ backupId: z.number(), partNo: z.number(), partCount: z.number() }),
  failures: z.array(z.object({ reason: z.string(), node_id: z.string().optional() })),
});
type Snapshot = z.infer<typeof snapshot>;
const snapshots = z.object({ snapshots: z.array(snapshot) });
const created = z.object({ snapshot: z.object({ state: snapshotState }) });

interface Part {
  name: string;
  indices: string[];
  metadata: Record<string, unknown>;
  /** Whether a shard of the part is on no node, as ordered. */
  unallocated: boolean;
  /** How long to wait before the part is taken. */
  delayMs: number;
}

export interface SnapshotPartOptions {
  repository: string;
  /** Camunda's version, as in the snapshots' names. */
  version: string;
  prefix: string;
  /** The least time from the start of a part to the start of the next one. */
  partIntervalMs: number;
  /** Whether all parts are taken at once, as by Optimize on OpenSearch. */
  concurrent: boolean;
  clock: SimulatorClock;
  /** Gets what the application writes to its own log, because nobody is told of it. */
  log: (line: string) => void;
}

/**
 * Takes an application's parts as snapshots of a search engine. What it says of them is the engine's own answer; only the
 * queue of parts that wait is this process's, so that a process which dies never takes them.
 */
export class SnapshotPartBackups implements PartBackups {
  readonly #engine: EngineClient;
  readonly #layout: ApplicationLayout;
  readonly #options: SnapshotPartOptions;
  readonly #withoutGrace = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #queue: Part[] = [];
  #worker: Promise<void> | undefined;

  constructor(engine: EngineClient, layout: ApplicationLayout, options: SnapshotPartOptions) {
    this.#engine = engine;
    this.#layout = layout;
    this.#options = options;
  }

  async availability(): Promise<Availability> {
    try {
      await this.#engine.call('GET', `_snapshot/${this.#options.repository}`, z.unknown());
      return 'available';
    } catch (error) {
      if (error instanceof EngineDown) return 'engine down';
      if (error instanceof EngineRefused && error.status === 404) return 'repository missing';
      throw error;
    }
  }

  get isBusy(): boolean {
    return this.#queue.length > 0;
  }

  start(id: number, course: CourseKind | undefined): string[] {
    const { version, prefix, concurrent } = this.#options;
    const patterns = partPatterns(this.#layout.parts, prefix);
    const partCount = patterns.length;
    const planned = partCourse(course, partCount);
    if (planned.withoutGrace) this.#withoutGrace.add(id);
    const parts = patterns.map((indices, index): Part => {
      const partNo = index + 1;
      return {
        name: partName(this.#layout.partName, id, version, partNo, partCount),
        indices,
        metadata: { backupId: id, version, partNo, partCount },
        unallocated: planned.unallocated === partNo,
        delayMs: index === 0 ? planned.firstDelayMs : planned.delayMs,
      };
    });
    const taken = parts.slice(0, planned.taken);
    if (concurrent) {
      for (const part of taken) this.#inBackground(this.#take(part).then(() => undefined));
    } else {
      this.#queue.push(...taken);
      this.#worker ??= this.#work().finally(() => {
        this.#worker = undefined;
      });
    }
    return parts.map(({ name }) => name);
  }

  async info(id: number): Promise<PartBackupInfo | undefined> {
    const found = await this.#find(`${id}_*`);
    return found.length === 0 ? undefined : this.#infoOf(id, found);
  }

  async list(): Promise<PartBackupInfo[]> {
    const found = Map.groupBy(await this.#find('*'), ({ metadata }) => metadata.backupId);
    return newestFirst([...found].map(([id, parts]) => this.#infoOf(id, parts)));
  }

  async ids(): Promise<number[]> {
    return [...new Set((await this.#find('*')).map(({ metadata }) => metadata.backupId))];
  }

  async foundSnapshots(id: number): Promise<string> {
    return (await this.#find(`${id}_*`)).map((one) => `${one.snapshot}/${one.uuid}`).join(', ');
  }

  async hasShardWithoutNode(id: number): Promise<boolean> {
    const found = await this.#find(`${id}_*`);
    return found.some(({ failures }) => failures.some((failure) => failure.node_id === undefined));
  }

  /** Asks for the deletions and does not wait for them, nor notice that one fails. */
  async delete(id: number): Promise<boolean> {
    const found = await this.#find(`${id}_*`);
    for (const { snapshot: name } of found) this.#inBackground(this.#delete(name));
    return found.length > 0;
  }

  /** Forgets the parts that wait, as a process that dies. The part that is being taken goes on in the engine. */
  async close(): Promise<void> {
    this.#queue = [];
    this.#closing.abort();
    this.#engine.close();
    await Promise.all([this.#worker, ...this.#running]);
  }

  async #work(): Promise<void> {
    for (let part = this.#queue.shift(); part !== undefined; part = this.#queue.shift()) {
      const { clock, partIntervalMs } = this.#options;
      await clock.sleep(part.delayMs, this.#closing.signal);
      const startedAt = clock.now();
      const state = this.#closing.signal.aborted ? undefined : await this.#take(part);
      // The applications take no part after one that is not whole, so that the backup stays INCOMPLETE or is FAILED.
      if (state !== 'SUCCESS') this.#queue = [];
      if (this.#queue.length > 0) {
        const left = Math.max(0, startedAt + partIntervalMs - clock.now());
        await clock.sleep(left, this.#closing.signal);
      }
    }
  }

  /** Takes a part, and waits until it is taken. Returns the snapshot's state, if there is a snapshot. */
  async #take({ name, indices, metadata, unallocated }: Part): Promise<Snapshot['state'] | undefined> {
    const take = async (change: Record<string, unknown> = {}) => {
      const path = `_snapshot/${this.#options.repository}/${name}?wait_for_completion=true`;
      const body = { indices, include_global_state: true, metadata, ...change };
      return (await this.#engine.call('PUT', path, created, body, { untilDone: true })).snapshot.state;
    };
    try {
      return await (unallocated ? takeUnallocated(this.#engine, indices, take) : take());
    } catch (error) {
      this.#options.log(`${name} was not taken: ${String(error)}`);
      return undefined;
    }
  }

  async #delete(name: string): Promise<void> {
    try {
      await this.#engine.call('DELETE', `_snapshot/${this.#options.repository}/${name}`, z.unknown());
    } catch (error) {
      this.#options.log(`${name} was not deleted: ${String(error)}`);
    }
  }

  #inBackground(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #infoOf(id: number, found: Snapshot[]): PartBackupInfo {
    const parts = found.map((one) => ({
      name: one.snapshot,
      state: one.state,
      startedAt: one.start_time_in_millis,
      endedAt: one.end_time_in_millis,
      failures: one.failures.map(({ reason }) => reason),
    }));
    return partBackupInfo(id, parts, {
      expected: found[0]?.metadata.partCount ?? 0,
      graceMs: this.#withoutGrace.has(id) ? 0 : this.#layout.graceMs,
      now: this.#options.clock.now(),
    });
  }

  /** The snapshots whose names go on like this after the application's name, in the order of parts. */
  async #find(rest: string): Promise<Snapshot[]> {
    const path = `_snapshot/${this.#options.repository}/camunda_${this.#layout.partName}_${rest}`;
    try {
      const found = await this.#engine.call('GET', path, snapshots);
      return found.snapshots.toSorted((a, b) => a.metadata.partNo - b.metadata.partNo);
    } catch (error) {
      // OpenSearch says of a pattern that fits nothing that the snapshot is missing.
      if (error instanceof EngineRefused && error.type === 'snapshot_missing_exception') return [];
      throw error;
    }
  }
}
