import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { inOneLine } from '../../../cli/screen/one-line.ts';

test('Problems in one line are parted as sentences where one of them is a sentence, and end without a full stop', () => {
  assert.equal(
    inOneLine(['exporting is paused', 'no backup is complete']),
    'exporting is paused; no backup is complete',
  );
  assert.equal(
    inOneLine(['exporting is paused', 'The ledger /l does not exist yet']),
    'exporting is paused. The ledger /l does not exist yet',
  );
  assert.equal(
    inOneLine(['Cannot write: ENOSPC. Free some space.']),
    'Cannot write: ENOSPC. Free some space',
  );
  assert.equal(inOneLine([]), '');
});
