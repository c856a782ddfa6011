import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Log } from '../../../simulator/zeebe/log.ts';
import type { StoredRecord } from '../../../simulator/zeebe/records.ts';
import { newFolder } from './world.ts';

const record = (position: number): StoredRecord => ({
  partition: 1,
  position,
  key: '1',
  timestamp: 0,
  valueType: 'CHECKPOINT',
  intent: 'CREATED',
  value: { checkpointId: position, checkpointPosition: position },
});

/** A log whose segments take two entries each. */
function logWith(positions: number[], folder = newFolder()): { log: Log; folder: string } {
  const log = new Log(folder, 1, 400);
  for (const position of positions) log.append(1, [record(position)]);
  return { log, folder };
}

const positionsOf = (log: Log) => log.after(0).map(({ position }) => position);
const files = (folder: string) => readdirSync(folder).sort();

describe('the log of a partition', () => {
  it('is read back from its segments with the same positions', () => {
    const { folder } = logWith([1, 2, 3, 4, 5]);
    expect(files(folder)).toEqual([1, 2, 3].map((number) => `raft-partition-partition-1-${number}.log`));
    const { log } = logWith([6], folder);
    expect(positionsOf(log)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(log.last?.index).toBe(6);
  });

  it.each([
    { title: 'a half of a line', torn: '{"index":3,"term":1,"rec' },
    {
      title: 'a whole line without its end',
      torn: JSON.stringify({ index: 3, term: 1, records: [record(3)] }),
    },
  ])('loses $title at its end, which a kill left', ({ torn }) => {
    const { folder } = logWith([1, 2]);
    const path = join(folder, 'raft-partition-partition-1-1.log');
    const whole = readFileSync(path, 'utf8');
    appendFileSync(path, torn);
    const { log } = logWith([], folder);
    expect(positionsOf(log)).toEqual([1, 2]);
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  it.each([
    { below: 1, first: 1, left: 3 },
    { below: 2, first: 3, left: 2 },
    { below: 3, first: 3, left: 2 },
    { below: 5, first: 5, left: 1 },
  ])(
    'drops only whole segments up to position $below, and never its last entry',
    ({ below, first, left }) => {
      const { log, folder } = logWith([1, 2, 3, 4, 5]);
      log.compact(below);
      expect(log.first).toBe(first);
      expect(files(folder)).toHaveLength(left);
      expect(positionsOf(logWith([6], folder).log).at(0)).toBe(first);
    },
  );

  it('ends with the record after which a restore cuts it, also in its files', () => {
    const { log, folder } = logWith([1, 2, 3, 4, 5]);
    log.cutAfter(3);
    expect(log.last?.records[0]?.position).toBe(3);
    expect(positionsOf(log)).toEqual([1, 2, 3]);
    expect(positionsOf(logWith([], folder).log)).toEqual([1, 2, 3]);
  });

  it('is cut again after a cut has left empty segments in its middle', () => {
    const { log, folder } = logWith([1, 2, 3, 4, 5, 6, 7]);
    log.cutAfter(2);
    const { log: longer } = logWith([3, 4, 5], folder);
    longer.cutAfter(4);
    expect(positionsOf(logWith([], folder).log)).toEqual([1, 2, 3, 4]);
  });

  it('knows the index of an entry for a snapshot, also of one that compaction dropped', () => {
    const { log } = logWith([1, 2, 3, 4, 5]);
    expect([0, 1, 4, 5].map((position) => log.indexOf(position))).toEqual([0, 1, 4, 5]);
    log.compact(2);
    expect(log.indexOf(2)).toBe(2);
  });
});
