import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { newestIds } from '../../../core/ledger/newest-ids.ts';

const now = Date.parse('2026-11-27T12:00:00Z');
const daysAgo = (days: number) => Math.floor(now / 1000) - days * 86_400;

/** A ledger of so many ids, and what it was asked for. */
function listOf(ids: number[]) {
  const asked: (string | undefined)[] = [];
  const list = async (after = '') => {
    asked.push(after === '' ? undefined : after);
    return ids.filter((id) => `${id}/` > after).sort();
  };
  return { asked, ids: newestIds(list, now) };
}

async function first(count: number, ids: AsyncIterable<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const id of ids) {
    found.push(id);
    if (found.length === count) break;
  }
  return found;
}

describe('The newest ids', () => {
  const hourly = Array.from({ length: 5000 }, (_, hours) => daysAgo(0) - hours * 3600);

  test('The newest ids of a long ledger are found in its last week alone', async () => {
    const { ids, asked } = listOf(hourly);
    assert.deepEqual(await first(10, ids), hourly.slice(0, 10));
    assert.deepEqual(asked, [String(daysAgo(7))]);
  });

  test('Whoever reads on gets every id once, and a second reader asks for nothing again', async () => {
    const { ids, asked } = listOf(hourly);
    assert.deepEqual(await first(10_000, ids), hourly);
    assert.deepEqual(await first(10_000, ids), hourly);
    assert.deepEqual(asked, [String(daysAgo(7)), String(daysAgo(100)), undefined]);
  });

  test('A ledger whose last backup is years old is read as a whole', async () => {
    const { ids } = listOf([daysAgo(1500), daysAgo(1400)]);
    assert.deepEqual(await first(5, ids), [daysAgo(1400), daysAgo(1500)]);
  });

  test('Ids that are counted, and not moments, are in the order of numbers', async () => {
    const { ids } = listOf([8, 9, 10, 11]);
    assert.deepEqual(await first(10, ids), [11, 10, 9, 8]);
  });

  for (const { what, id } of [
    { what: 'an id of milliseconds', id: now },
    { what: 'an id that is a date', id: 20_261_127_120_000 },
    { what: 'an id from a clock that was wrong', id: daysAgo(-400) },
  ]) {
    test(`The newest of all comes first also where it is ${what}`, async () => {
      const { ids } = listOf([daysAgo(1), daysAgo(2), id, 7]);
      assert.deepEqual(await first(10, ids), [id, daysAgo(1), daysAgo(2), 7]);
    });
  }

  test('A high id that comes before all moments as a text is found by whoever reads to the end', async () => {
    const { ids } = listOf([daysAgo(1), daysAgo(2), 100_000_000_000]);
    assert.deepEqual(await first(10, ids), [daysAgo(1), daysAgo(2), 100_000_000_000]);
  });

  test('An empty ledger has none', async () => {
    const { ids } = listOf([]);
    assert.deepEqual(await first(1, ids), []);
  });
});
