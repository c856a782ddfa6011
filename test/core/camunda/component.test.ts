import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTimestamp, sortById } from '../../../core/camunda/component.ts';

for (const [text, read] of [
  ['2026-11-21T06:09:00.701500462Z', '2026-11-21T06:09:00.701Z'],
  ['2026-11-21T06:18:03.235+0000', '2026-11-21T06:18:03.235Z'],
  ['2026-11-21T08:18:03.235+0200', '2026-11-21T06:18:03.235Z'],
  ['2026-11-21T06:18:03.235+00:00', '2026-11-21T06:18:03.235Z'],
  ['2026-11-21T06:18:03Z', '2026-11-21T06:18:03.000Z'],
  ['yesterday', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
] as const) {
  test(`the timestamp ${text} is ${read}`, () => {
    assert.equal(readTimestamp(text), read);
  });
}

test('backups are sorted by id, as numbers, and the given list stays as it is', () => {
  const given = [9, 10, 2].map((backupId) => ({ backupId, state: 'COMPLETED' as const }));
  assert.deepEqual(
    sortById(given).map(({ backupId }) => backupId),
    [2, 9, 10],
  );
  assert.equal(given[0]?.backupId, 9);
});
