import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { formatBytes } from '../../../cli/screen/values.ts';

describe('A number of bytes in words', () => {
  for (const { bytes, words } of [
    { bytes: 0, words: '0 B' },
    { bytes: 46.666666666666664, words: '47 B' },
    { bytes: 1234, words: '1.2 kB' },
    { bytes: 12_345_678, words: '12.3 MB' },
  ]) {
    test(`${bytes} bytes are shown as ${words}`, () => {
      assert.equal(formatBytes(bytes), words);
    });
  }
});
