import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { documentedLoop } from '../../bench/documented-loop.ts';
import { aboveBars, belowFloors, missingFigures } from '../../bench/figures.ts';
import { needsOf, scenarios } from '../../bench/scenarios.ts';

test('A figure of the bench that is not there, or is no number, is missing', () => {
  const figures = { waitRatio: 1.02, pauseRatio: Number.NaN };
  assert.deepEqual(missingFigures(['waitRatio', 'pauseRatio', 'events24h'], figures), [
    'pauseRatio',
    'events24h',
  ]);
});

test('A figure of the bench that is above its bar is named with both', () => {
  const bars = { deployedLateSeconds: 2, deployedDollars: 0.02 };
  assert.deepEqual(aboveBars(bars, { deployedLateSeconds: 2, deployedDollars: 0.02 }), []);
  assert.deepEqual(aboveBars(bars, { deployedLateSeconds: 2.01, other: 7 }), [
    'deployedLateSeconds is 2.01, and at most 2 is allowed',
  ]);
});

test('A figure of the bench that is below its floor is named with both', () => {
  assert.deepEqual(belowFloors({ verifyThroughputRatio: 0.7 }, { verifyThroughputRatio: 0.7 }), []);
  assert.deepEqual(belowFloors({ verifyThroughputRatio: 0.7 }, { verifyThroughputRatio: 0.69 }), [
    'verifyThroughputRatio is 0.69, and at least 0.7 is needed',
  ]);
});

for (const { camunda, durations, total, paused } of [
  // The web applications need a second check after five seconds, and Zeebe none.
  {
    camunda: '8.8',
    durations: { webApplications: 4, optimize: 3, records: 7, zeebe: 0.25 },
    total: 17.5,
    paused: 17,
  },
  // Optimize, Tasklist and Zeebe need a second check.
  {
    camunda: '8.7',
    durations: { operate: 4, tasklist: 9, optimize: 3, records: 7, zeebe: 5 },
    total: 29.5,
    paused: 15,
  },
] as const) {
  test(`The documented loop for ${camunda} asks every five seconds, and for one component after another`, () => {
    const loop = documentedLoop({ name: 'x', camunda, durations }, 0.5);
    assert.deepEqual(loop, { total, paused });
  });
}

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
