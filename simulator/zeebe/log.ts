import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { recordSchema, type StoredRecord } from './records.ts';

/** One line of a segment. A kill leaves all records of an entry or none, like a batch in a real log. */
const entrySchema = z.object({
  index: z.int().positive(),
  term: z.int().positive(),
  records: z.array(recordSchema).min(1),
});
type Entry = z.infer<typeof entrySchema>;

export interface Segment {
  name: string;
  path: string;
  bytes: number;
  /** The position of its last record; 0 if it has none. */
  last: number;
}

/**
 * The append-only log of one partition in segments, whose records are also held in memory. A line is appended without a
 * sync, so it outlives the kill of the process, but not that of the machine.
 */
export class Log {
  readonly #folder: string;
  readonly #partition: number;
  readonly #segmentBytes: number;
  #segments: Segment[] = [];
  #entries: Entry[] = [];
  /** Without gaps, so that a position is found by counting. */
  #records: StoredRecord[] = [];

  constructor(folder: string, partition: number, segmentBytes: number) {
    this.#folder = folder;
    this.#partition = partition;
    this.#segmentBytes = segmentBytes;
    mkdirSync(folder, { recursive: true });
    const numbers = readdirSync(folder)
      .filter((file) => file.endsWith('.log'))
      .map(numberOf)
      .sort((a, b) => a - b);
    for (const number of numbers) this.#read(number, number === numbers.at(-1));
    if (numbers.length === 0) this.#begin(1);
  }

  /** The position of the first record that compaction has left; undefined if there is none. */
  get first(): number | undefined {
    return this.#records[0]?.position;
  }

  get last(): Entry | undefined {
    return this.#entries.at(-1);
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  append(term: number, records: StoredRecord[]): void {
    const entry = { index: (this.last?.index ?? 0) + 1, term, records };
    const line = lineOf(entry);
    let segment = this.#segments.at(-1);
    if (segment === undefined || (segment.bytes > 0 && segment.bytes + line.length > this.#segmentBytes)) {
      segment = this.#begin(segment === undefined ? 1 : numberOf(segment.name) + 1);
    }
    appendFileSync(segment.path, line);
    segment.bytes += line.length;
    segment.last = lastOf(entry);
    this.#entries.push(entry);
    this.#records.push(...records);
  }

  /** The records above this position, at most so many. */
  after(position: number, count = Number.POSITIVE_INFINITY): StoredRecord[] {
    const begin = Math.max(0, position + 1 - (this.first ?? 0));
    return this.#records.slice(begin, begin + count);
  }

  /** The index of the entry with this record, or of the entry before the log if compaction has dropped it. */
  indexOf(position: number): number {
    const entry = this.#entries.findLast((one) => firstOf(one) <= position);
    return entry?.index ?? Math.max(0, (this.#entries[0]?.index ?? 0) - 1);
  }

  /** Deletes the oldest segments, all of whose records are at or below this position. The last entry stays. */
  compact(position: number): void {
    const end = this.last === undefined ? 0 : lastOf(this.last);
    const isNeeded = ({ last }: Segment) => last === 0 || last > position || last === end;
    for (const segment of this.#segments) if (!isNeeded(segment)) rmSync(segment.path);
    const dropped = this.#segments.findLast((segment) => !isNeeded(segment))?.last ?? 0;
    this.#segments = this.#segments.filter(isNeeded);
    this.#entries = this.#entries.filter((entry) => lastOf(entry) > dropped);
    this.#records = this.after(dropped);
  }

  /** Cuts the log after the entry with this record, as a restore does. */
  cutAfter(position: number): void {
    this.#entries = this.#entries.filter((entry) => firstOf(entry) <= position);
    this.#records = this.#entries.flatMap(({ records }) => records);
    let from = 0;
    for (const segment of this.#segments.filter(({ last }) => last > 0)) {
      const own = this.#entries.filter((entry) => lastOf(entry) > from && lastOf(entry) <= segment.last);
      from = segment.last;
      if (from > position) writeFileSync(segment.path, own.map(lineOf).join(''));
      segment.last = own.map(lastOf).at(-1) ?? 0;
    }
  }

  #begin(number: number): Segment {
    const name = `raft-partition-partition-${this.#partition}-${number}.log`;
    const segment = { name, path: join(this.#folder, name), bytes: 0, last: 0 };
    appendFileSync(segment.path, '');
    this.#segments.push(segment);
    return segment;
  }

  /** Reads a segment. The newest one may end in a part of a line, whose caller was never told that it was written. */
  #read(number: number, isNewest: boolean): void {
    const segment = this.#begin(number);
    const text = readFileSync(segment.path, 'utf8');
    const whole = isNewest ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
    if (whole !== text) writeFileSync(segment.path, whole);
    for (const line of whole.split('\n').filter((one) => one !== '')) {
      const entry = entrySchema.parse(JSON.parse(line));
      segment.last = lastOf(entry);
      this.#entries.push(entry);
      this.#records.push(...entry.records);
    }
    segment.bytes = whole.length;
  }
}

const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
const firstOf = ({ records }: Entry): number => records[0]?.position ?? 0;
const lastOf = ({ records }: Entry): number => records.at(-1)?.position ?? 0;
const numberOf = (name: string): number => Number(/(\d+)\.log$/.exec(name)?.[1]);
