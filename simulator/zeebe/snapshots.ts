import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { checksumFile, damagedFile } from './checksum.ts';
import type { Log } from './log.ts';
import { State, stateSchema } from './state.ts';

/** The exported position in the id of a snapshot if there is no exporter. */
const LONGEST = '9223372036854775807';
const CHECKSUM = '.checksum';

const keysSchema = stateSchema.pick({ keys: true, checkpoint: true });
const metadataSchema = z.object({ processedPosition: z.int().nonnegative() });
const positionsSchema = z.record(z.string(), z.int());

/** The acknowledged position of each exporter; -1 if it has acknowledged none. */
export type Positions = z.infer<typeof positionsSchema>;

export interface Snapshot {
  id: string;
  /** The position of the last record that is in the state. */
  processed: number;
  /** The position up to which the log is not needed to go on from this snapshot. */
  bound: number;
  /** All files with their paths, and at last the checksum file, which lies beside the folder of the others. */
  files: { name: string; path: string }[];
}

/** The snapshots of one partition's state on the disk. */
export class Snapshots {
  readonly #folder: string;
  readonly #suffix: string;
  #list: Snapshot[];

  /** `suffix` ends the id of a snapshot: `-0` from 8.6 on, which is the id of the broker. */
  constructor(folder: string, suffix: string) {
    this.#folder = folder;
    this.#suffix = suffix;
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder);
    const ids = new Set(names.map((name) => (name.endsWith(CHECKSUM) ? basename(name, CHECKSUM) : name)));
    this.#list = [...ids]
      .flatMap((id) => read(folder, id) ?? [])
      .sort((a, b) => a.processed - b.processed || a.bound - b.bound);
    const whole = new Set(this.#list.flatMap(({ id }) => [id, id + CHECKSUM]));
    for (const name of names) if (!whole.has(name)) rmSync(join(folder, name), { recursive: true });
  }

  get latest(): Snapshot | undefined {
    return this.#list.at(-1);
  }

  load({ id }: Snapshot): { state: State; positions: Positions } {
    const folder = join(this.#folder, id);
    const data = stateSchema.parse({
      ...keysSchema.parse(json(folder, 'keys.json')),
      position: metadataSchema.parse(json(folder, 'zeebe.metadata')).processedPosition,
      instances: json(folder, 'instances.json'),
      jobs: json(folder, 'jobs.json'),
    });
    return { state: new State(data), positions: positionsSchema.parse(json(folder, 'exporters.json')) };
  }

  /**
   * Writes a snapshot, and the checksum file at last: without it a start removes the others. Nothing is written if
   * nothing has changed since the latest one.
   */
  take(state: State, positions: Positions, log: Log): void {
    const exported = Object.keys(positions).length > 0 ? String(lowest(positions)) : LONGEST;
    const index = log.indexOf(Math.min(state.position, Number(exported)));
    const id = `${index}-${log.last?.term ?? 1}-${state.position}-${exported}${this.#suffix}`;
    if (existsSync(join(this.#folder, id + CHECKSUM))) return;
    const files = Object.entries({
      'exporters.json': positions,
      'instances.json': [...state.instances.values()],
      'jobs.json': [...state.jobs.values()],
      'keys.json': { keys: state.keys, checkpoint: state.checkpoint },
      'zeebe.metadata': { processedPosition: state.position },
    }).map(([name, content]) => ({ name, content: Buffer.from(JSON.stringify(content)) }));
    const folder = join(this.#folder, id);
    mkdirSync(folder, { recursive: true });
    for (const { name, content } of files) writeFileSync(join(folder, name), content);
    const aside = join(folder, CHECKSUM);
    writeFileSync(aside, checksumFile(id, files));
    renameSync(aside, folder + CHECKSUM);
    const written = read(this.#folder, id);
    if (written) this.#list.push(written);
  }

  /** Deletes all snapshots but these. */
  keep(ids: Set<string>): void {
    for (const { id } of this.#list.filter((snapshot) => !ids.has(snapshot.id))) {
      rmSync(join(this.#folder, id + CHECKSUM));
      rmSync(join(this.#folder, id), { recursive: true });
    }
    this.#list = this.#list.filter((snapshot) => ids.has(snapshot.id));
  }
}

const lowest = (positions: Positions): number => Math.max(0, Math.min(...Object.values(positions)));

const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Undefined if a file is missing or does not agree with the checksum file. */
function read(folder: string, id: string): Snapshot | undefined {
  const checksums = join(folder, id + CHECKSUM);
  if (!existsSync(checksums) || !existsSync(join(folder, id))) return undefined;
  const paths = readdirSync(join(folder, id))
    .sort()
    .map((name) => ({ name, path: join(folder, id, name) }));
  const contents = paths.map(({ name, path }) => ({ name, content: readFileSync(path) }));
  if (damagedFile(readFileSync(checksums, 'utf8'), contents) !== undefined) return undefined;
  const processed = metadataSchema.parse(json(folder, id, 'zeebe.metadata')).processedPosition;
  const positions = positionsSchema.parse(json(folder, id, 'exporters.json'));
  return {
    id,
    processed,
    bound: Object.keys(positions).length > 0 ? Math.min(processed, lowest(positions)) : processed,
    files: [...paths, { name: id + CHECKSUM, path: checksums }],
  };
}
