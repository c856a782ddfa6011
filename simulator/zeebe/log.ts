import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { recordSchema, type StoredRecord } from './records.ts';

/**
 * An entry of the log, which is one line of a segment. A kill leaves all records of an entry or none, as the batches of
 * a real log.
 */
const entrySchema = z.object({
  index: z.int().positive(),
  term: z.int().positive(),
  records: z.array(recordSchema).min(1),
});
export type Entry = z.infer<typeof entrySchema>;

interface Segment {
  number: number;
  path: string;
  bytes: number;
  entries: Entry[];
}

/** A segment's file, and the position of its last record (0 if it is empty). */
export interface SegmentFile {
  name: string;
  path: string;
  last: number;
}

/**
 * The append-only log of one partition in segments, which are also held in memory. A line is appended without a sync,
 * so it outlives the kill of the process, but not that of the machine.
 */
export class Log {
  readonly #folder: string;
  readonly #partition: number;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];

  constructor(folder: string, partition: number, segmentBytes: number) {
    this.#folder = folder;
    this.#partition = partition;
    this.#segmentBytes = segmentBytes;
    mkdirSync(folder, { recursive: true });
    this.#segments = readSegments(folder, partition);
    if (this.#segments.length === 0) this.#begin(1);
  }

  /** The position of the first record that compaction has left; undefined if there is none. */
  get first(): number | undefined {
    return this.#segments.flatMap(({ entries }) => entries.slice(0, 1))[0]?.records[0]?.position;
  }

  /** The last entry; undefined if compaction, or a new partition, has left none. */
  get last(): Entry | undefined {
    return this.#segments.findLast(({ entries }) => entries.length > 0)?.entries.at(-1);
  }

  append(entry: Entry): void {
    const line = `${JSON.stringify(entry)}\n`;
    let segment = this.#segments.at(-1);
    if (segment === undefined || (segment.bytes > 0 && segment.bytes + line.length > this.#segmentBytes)) {
      segment = this.#begin((segment?.number ?? 0) + 1);
    }
    appendFileSync(segment.path, line);
    segment.bytes += line.length;
    segment.entries.push(entry);
  }

  /** All entries with a record above this position. */
  entriesAfter(position: number): Entry[] {
    return this.#segments
      .filter((segment) => lastOf(segment) > position)
      .flatMap(({ entries }) => entries.filter((entry) => lastPosition(entry) > position));
  }

  /** The next records above this position, at most so many. */
  after(position: number, count: number): StoredRecord[] {
    const found: StoredRecord[] = [];
    for (const segment of this.#segments) {
      if (lastOf(segment) <= position) continue;
      for (const { records } of segment.entries) {
        for (const record of records) {
          if (record.position <= position) continue;
          found.push(record);
          if (found.length === count) return found;
        }
      }
    }
    return found;
  }

  /** The index of the entry with the record at this position, or of the entry before the log if it is compacted. */
  indexOf(position: number): number {
    const entries = this.#segments.flatMap((segment) => (lastOf(segment) < position ? [] : segment.entries));
    const found = entries.find((entry) => lastPosition(entry) >= position);
    if (found === undefined) return this.last?.index ?? 0;
    return (found.records[0]?.position ?? 0) > position ? found.index - 1 : found.index;
  }

  files(): SegmentFile[] {
    return this.#segments.map((segment) => ({
      name: segmentName(this.#partition, segment.number),
      path: segment.path,
      last: lastOf(segment),
    }));
  }

  /** Deletes the oldest segments, all of whose records are at or below this position. The newest one stays. */
  compact(position: number): void {
    while (this.#segments.length > 1) {
      const [oldest] = this.#segments;
      if (oldest === undefined || lastOf(oldest) > position) return;
      // The next position follows from the last entry, which is in the oldest segment if the next one is new.
      if (oldest.entries.at(-1) === this.last) return;
      rmSync(oldest.path);
      this.#segments.shift();
    }
  }

  #begin(number: number): Segment {
    const path = join(this.#folder, segmentName(this.#partition, number));
    const segment = { number, path, bytes: 0, entries: [] };
    appendFileSync(path, '');
    this.#segments.push(segment);
    return segment;
  }
}

const segmentName = (partition: number, number: number): string =>
  `raft-partition-partition-${partition}-${number}.log`;

const lastPosition = (entry: Entry): number => entry.records.at(-1)?.position ?? 0;

function lastOf({ entries }: Segment): number {
  const last = entries.at(-1);
  return last === undefined ? 0 : lastPosition(last);
}

function readSegments(folder: string, partition: number): Segment[] {
  const name = new RegExp(`^raft-partition-partition-${partition}-(\\d+)\\.log$`);
  const numbers = readdirSync(folder)
    .flatMap((file) => name.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  return numbers.map((number, index) => {
    const path = join(folder, segmentName(partition, number));
    if (index === numbers.length - 1) cutTornLine(path);
    return {
      number,
      path,
      bytes: readFileSync(path).length,
      entries: readEntries(readFileSync(path, 'utf8')),
    };
  });
}

/** Cuts off the last line if a kill left only a part of it. Its caller was never told that it was written. */
function cutTornLine(path: string): void {
  const content = readFileSync(path);
  const end = content.lastIndexOf('\n') + 1;
  if (end < content.length) truncateSync(path, end);
}

function readEntries(text: string): Entry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => entrySchema.parse(JSON.parse(line)));
}

/** Rewrites a partition's segments so that the log ends with the entry that has the record at this position. */
export function cutLog(folder: string, partition: number, position: number): void {
  for (const { path, entries } of readSegments(folder, partition)) {
    const kept = entries.filter((entry) => (entry.records[0]?.position ?? 0) <= position);
    if (kept.length === entries.length) continue;
    truncateSync(
      path,
      kept.reduce((bytes, entry) => bytes + Buffer.byteLength(`${JSON.stringify(entry)}\n`), 0),
    );
    if (kept.length === 0 && existsSync(path)) rmSync(path);
  }
}
