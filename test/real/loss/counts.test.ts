import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import type { Result } from './case.ts';
import { broken, table } from './counts.ts';
import { orderNamed } from './orders.ts';

const result = (seed: number, lost: string[] = [], doubled: string[] = []): Result => ({
  seed,
  by: 'hand',
  lost,
  doubled,
});
const right = (results: Result[]) => ({ line: '8.7' as const, order: orderNamed('8.7', 'right'), results });
const wrong = (results: Result[]) => ({
  line: '8.8' as const,
  order: orderNamed('8.8', 'no-pause'),
  results,
});

describe('the counts of losses', () => {
  it('The table counts the seeds that lose and those that double, and names the first', () => {
    const counts = [right([result(2), result(1)]), wrong([result(3, ['x', 'y']), result(2, ['x'], ['y'])])];
    assert.deepEqual(table(counts).split('\n').slice(2), [
      '| 8.7 | right | 2 | 0 | 0 |  |',
      '| 8.8 | no-pause | 2 | 2 | 1 | 2 |',
    ]);
    assert.deepEqual(broken(counts), []);
  });

  it('A right order that loses is broken, and so is a wrong order that never does', () => {
    assert.deepEqual(broken([right([result(4, [], ['operate shows a 2 times'])]), wrong([result(1)])]), [
      '8.7 right, seed 4, by hand: 0 lost, 1 doubled: operate shows a 2 times',
      '8.8 no-pause: no seed loses or doubles anything',
    ]);
  });
});
