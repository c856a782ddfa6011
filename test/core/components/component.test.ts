import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { readTimestamp, sortById } from '../../../core/components/component.ts';

for (const { text, read } of [
  { text: '2026-11-21T06:09:00.701500462Z', read: '2026-11-21T06:09:00.701Z' },
  { text: '2026-11-21T06:18:03.235+0000', read: '2026-11-21T06:18:03.235Z' },
  { text: '2026-11-21T08:18:03.235+0200', read: '2026-11-21T06:18:03.235Z' },
  { text: '2026-11-21T06:18:03.235+00:00', read: '2026-11-21T06:18:03.235Z' },
  { text: '2026-11-21T06:18:03Z', read: '2026-11-21T06:18:03.000Z' },
  { text: 'yesterday', read: undefined },
  { text: '', read: undefined },
  { text: null, read: undefined },
  { text: undefined, read: undefined },
] as const) {
  test(`The timestamp ${text} is read as ${read}`, () => {
    assert.equal(readTimestamp(text), read);
  });
}

test('Backups are sorted by id, as numbers, and the given list stays as it is', () => {
  const given = [9, 10, 2].map((backupId) => ({ backupId, state: 'COMPLETED' as const }));
  assert.deepEqual(
    sortById(given).map(({ backupId }) => backupId),
    [2, 9, 10],
  );
  assert.equal(given[0]?.backupId, 9);
});
