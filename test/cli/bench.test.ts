import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { missingFigures } from '../../bench/figures.ts';
import { needsOf, scenarios } from '../../bench/scenarios.ts';

test('A figure of the bench that is not there, or is no number, is missing', () => {
  const figures = { waitRatio: 1.02, pauseRatio: Number.NaN };
  assert.deepEqual(missingFigures(['waitRatio', 'pauseRatio', 'events24h'], figures), [
    'pauseRatio',
    'events24h',
  ]);
});

test('The bench waits for four lengths that stay and for five that its seed draws', () => {
  const lengths = (seed: number) => scenarios(seed).map((scenario) => needsOf(scenario).total);
  assert.deepEqual(scenarios(7), scenarios(7));
  assert.notDeepEqual(lengths(7), lengths(8));
  for (const seed of [0, 7, 8]) {
    assert.equal(scenarios(seed).length, 9);
    for (const length of [6, 44, 60, 95]) assert.ok(lengths(seed).includes(length), `${length} s`);
    // Side by side they take as long as the longest of those that stay.
    assert.equal(Math.max(...lengths(seed)), 95);
  }
});
