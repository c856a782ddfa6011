import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { numbersOf } from './numbers.ts';
import { lines, ordersOf } from './orders.ts';

const stepsOf = (line: (typeof lines)[number]) =>
  Object.fromEntries(ordersOf(line).map(({ name, steps }) => [name, steps.join(' ')]));

describe('the orders of a backup', () => {
  it('Each wrong order up to 8.7 is the documented one with one change', () => {
    assert.deepEqual(stepsOf('8.7'), {
      right: 'applications pause records zeebe resume',
      'no-pause': 'applications records zeebe',
      'applications-after-zeebe': 'pause records zeebe applications resume',
      'resume-before-zeebe': 'applications pause records resume zeebe',
      'no-records': 'applications pause zeebe resume',
      'part-missing': 'applications pause records zeebe resume losePart',
      'optimize-parts-at-once': 'applications pause records zeebe resume',
    });
  });

  it('Each wrong order from 8.8 on is the documented one with one change', () => {
    assert.deepEqual(stepsOf('8.8'), {
      right: 'pause applications records zeebe resume',
      'no-pause': 'applications records zeebe',
      'applications-after-zeebe': 'pause records zeebe applications resume',
      'resume-before-zeebe': 'pause applications records resume zeebe',
      'no-records': 'pause applications zeebe resume',
      'part-missing': 'pause applications records zeebe resume losePart',
      'optimize-parts-at-once': 'pause applications records zeebe resume',
    });
  });

  it('All chance in a case follows from its seed, which has a wait for each step', () => {
    assert.deepEqual(numbersOf(7), numbersOf(7));
    assert.notDeepEqual(numbersOf(7), numbersOf(8));
    const longest = Math.max(...lines.flatMap(ordersOf).map(({ steps }) => steps.length));
    assert.equal(numbersOf(7).beforeStepsMs.length, longest);
  });
});
