import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { formatSeconds } from '../../../core/config/duration.ts';

for (const { seconds, text } of [
  { seconds: 0, text: '0.0 s' },
  { seconds: 0.84, text: '0.8 s' },
  { seconds: 41.2, text: '41 s' },
  { seconds: 59.7, text: '1 min 00 s' },
  { seconds: 185, text: '3 min 05 s' },
  { seconds: 3599.6, text: '1 h 00 min' },
  { seconds: 7800, text: '2 h 10 min' },
  { seconds: 90_000, text: '25 h 00 min' },
] as const) {
  test(`A duration of ${seconds} seconds reads ${text}`, () => {
    assert.equal(formatSeconds(seconds), text);
  });
}
