import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { snapshotFactsOf, uncountedIn } from '../../../core/backup/snapshot-facts.ts';
import { snapshotNamed } from '../fakes.ts';

const name = 'camunda_operate_7_8.7.2_part_1_of_6';
const where = { name, repository: 'camunda' };
const info = snapshotNamed(name, { indices: ['b', 'a'], uuid: 'u', version: '8.16.6' });
const files = {
  indices: [
    { index: 'a', shards: [0, 1].map((shard) => ({ shard, files: 4, bytes: 100 })) },
    { index: 'b', shards: [{ shard: 0, files: 3, bytes: 50 }] },
  ],
};
const before = {
  at: '2026-11-21T09:00:00.000Z',
  counts: { a: [tuple(0, 8), tuple(1, 9)], other: [tuple(0, 1)] },
};
const after = { at: '2026-11-21T09:05:00.000Z', counts: { a: [tuple(1, 19), tuple(0, 18)] } };

function tuple(shard: number, last: number): [number, number, number, number] {
  return [shard, last, last - 2, last - 1];
}

describe('What is known of a snapshot', () => {
  test('It has each of its indices and shards, with the figures of everybody who told of them', () => {
    const noted = { before, after: [{ ...after, snapshots: [name] }] };
    assert.deepEqual(snapshotFactsOf({ ...where, info, files, noted }), {
      ...where,
      uuid: 'u',
      version: '8.16.6',
      countedBefore: before.at,
      countedAfter: after.at,
      shards: 2,
      files: 11,
      bytes: 250,
      indices: [
        {
          index: 'a',
          shards: [
            { shard: 0, files: 4, bytes: 100, before: 8, documents: 16, maxSeqNo: 17, after: 18 },
            { shard: 1, files: 4, bytes: 100, before: 9, documents: 17, maxSeqNo: 18, after: 19 },
          ],
        },
        { index: 'b', shards: [{ shard: 0, files: 3, bytes: 50 }] },
      ],
    });
  });

  test('A count that was made after another snapshot says nothing of this one', () => {
    const noted = { after: [{ ...after, snapshots: ['another'] }] };
    const { countedAfter, indices } = snapshotFactsOf({ ...where, info, files, noted });
    assert.equal(countedAfter, undefined);
    assert.deepEqual(indices[1]?.shards, [{ shard: 0, files: 3, bytes: 50 }]);
  });

  for (const { what, given, kept } of [
    { what: 'its files are not known', given: { info, files: undefined }, kept: ['a', 'b'] },
    { what: 'only its files are known', given: { info: undefined, files }, kept: ['a', 'b'] },
    { what: 'nothing is known', given: { info: undefined, files: undefined }, kept: [] },
  ]) {
    test(`Figures that nobody told of are not there: ${what}`, () => {
      const facts = snapshotFactsOf({ ...where, ...given, noted: { after: [] } });
      assert.deepEqual(
        facts.indices.map(({ index }) => index),
        kept,
      );
      assert.equal('bytes' in facts, given.files !== undefined);
      assert.equal('uuid' in facts, given.info !== undefined);
      assert(facts.indices.every(({ shards }) => shards.every((one) => !('maxSeqNo' in one))));
    });
  }
});

describe('Whether every shard of a snapshot was counted', () => {
  const counts = { a: [tuple(0, 8), tuple(1, 9)], b: [tuple(0, 7)] };
  const at = before.at;
  const gapsOf = (first: Record<string, ReturnType<typeof tuple>[]>, second: typeof first) => {
    const noted = {
      component: 'operate' as const,
      before: { at, counts: first },
      after: [{ at, counts: second, snapshots: [name] }],
    };
    return uncountedIn([snapshotFactsOf({ ...where, info, files, noted })], noted).map(
      ({ what, why }) => `${what}: ${why}`,
    );
  };
  const gap = (when: string, which: string) =>
    `the shards of Operate ${when} the snapshots: No figures of every shard were counted for ${which}`;

  for (const { what, first, second, gaps } of [
    { what: 'of which each shard was counted has no gap', first: counts, second: counts, gaps: [] },
    {
      what: 'of which nothing was counted has two gaps',
      first: {},
      second: {},
      gaps: [gap('before', 'a and 1 more'), gap('after', 'a and 1 more')],
    },
    {
      what: 'with an index that its user may not see has two gaps',
      first: { a: counts.a },
      second: { a: counts.a },
      gaps: [gap('before', 'b'), gap('after', 'b')],
    },
    {
      what: 'with an index that was created after the first count has no gap',
      first: { a: counts.a },
      second: counts,
      gaps: [],
    },
    {
      what: 'whose first count was empty has a gap',
      first: {},
      second: counts,
      gaps: [gap('before', 'a and 1 more')],
    },
    {
      what: 'with a shard that was not counted has a gap',
      first: counts,
      second: { ...counts, a: [tuple(0, 8)] },
      gaps: [gap('after', 'a')],
    },
    {
      what: 'with a shard that was not counted at first has a gap, because its index existed',
      first: { ...counts, a: [tuple(0, 8)] },
      second: counts,
      gaps: [gap('before', 'a')],
    },
  ]) {
    test(`A snapshot ${what}`, () => {
      assert.deepEqual(gapsOf(first, second), gaps);
    });
  }
});
