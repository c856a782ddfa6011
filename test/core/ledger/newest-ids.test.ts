import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { isMoment, newestIds, unorderedName } from '../../../core/ledger/newest-ids.ts';

const now = Date.parse('2026-11-27T12:00:00Z');
const daysAgo = (days: number) => Math.floor(now / 1000) - days * 86_400;

/** A ledger of these ids, and what it was asked for. */
function listOf(ids: number[], { isMarked = false } = {}) {
  const asked: (string | undefined)[] = [];
  const names = [...ids.map(String), ...(isMarked ? [unorderedName] : [])];
  const list = async (after = '') => {
    asked.push(after === '' ? undefined : after);
    const found = names.filter((name) => `${name}/` > after);
    return {
      ids: found.filter((name) => name !== unorderedName).map(Number),
      areMoments: !found.includes(unorderedName),
    };
  };
  return { asked, newest: (count: number) => newestIds(list, count, now) };
}

describe('The newest ids', () => {
  const hourly = Array.from({ length: 5000 }, (_, hours) => daysAgo(0) - hours * 3600);

  test('The newest ids of a long ledger are found in its last week alone', async () => {
    const { newest, asked } = listOf(hourly);
    assert.deepEqual(await newest(10), hourly.slice(0, 10));
    assert.deepEqual(asked, [String(daysAgo(7))]);
  });

  test('The ids of a backup a week are found in a second list', async () => {
    const { newest, asked } = listOf(Array.from({ length: 500 }, (_, weeks) => daysAgo(7 * weeks + 1)));
    assert.deepEqual(await newest(3), [daysAgo(1), daysAgo(8), daysAgo(15)]);
    assert.deepEqual(asked, [String(daysAgo(7)), String(daysAgo(100))]);
  });

  test('A ledger whose last backup is years old is read as a whole', async () => {
    assert.deepEqual(await listOf([daysAgo(1500), daysAgo(1400)]).newest(5), [daysAgo(1400), daysAgo(1500)]);
  });

  test('Ids that are counted, and not moments, are in the order of numbers', async () => {
    assert.deepEqual(await listOf([8, 9, 10, 11]).newest(10), [11, 10, 9, 8]);
  });

  for (const { what, id } of [
    { what: 'an id of milliseconds', id: now },
    { what: 'an id that is a date', id: 20_261_127_120_000 },
    { what: 'an id from a clock that was wrong', id: daysAgo(-400) },
  ]) {
    test(`The newest of all comes first also where it is ${what}`, async () => {
      assert.deepEqual(await listOf([daysAgo(1), daysAgo(2), id, 7]).newest(3), [id, daysAgo(1), daysAgo(2)]);
    });
  }

  test('A high id that comes before all moments as a text is found because its cluster is marked', async () => {
    const { newest, asked } = listOf([...hourly, 100_000_000_000], { isMarked: true });
    assert.deepEqual(await newest(2), [100_000_000_000, daysAgo(0)]);
    assert.deepEqual(asked, [String(daysAgo(7)), undefined]);
  });

  test('An empty ledger has none', async () => {
    assert.deepEqual(await listOf([]).newest(1), []);
  });
});

test('An id is a moment if it can be seconds since 1970 in this age and is not ahead of now by more than a day', () => {
  for (const id of [daysAgo(0), daysAgo(-0.5), 1_000_000_000]) assert.equal(isMoment(id, now), true, `${id}`);
  for (const id of [7, 999_999_999, daysAgo(-2), now]) assert.equal(isMoment(id, now), false, `${id}`);
});
