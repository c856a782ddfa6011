import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSeconds } from '../../core/duration.ts';

for (const [seconds, text] of [
  [0, '0.0 s'],
  [0.84, '0.8 s'],
  [41.2, '41 s'],
  [59.7, '1 min 00 s'],
  [185, '3 min 05 s'],
  [3599.6, '1 h 00 min'],
  [7800, '2 h 10 min'],
  [90_000, '25 h 00 min'],
] as const) {
  test(`${seconds} seconds read ${text}`, () => {
    assert.equal(formatSeconds(seconds), text);
  });
}
