import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { maxPauseOf, maxUnexplainedPauseOf } from '../../../core/backup/max-pause.ts';

const hours = (count: number) => count * 3600;

test('A backup may pause for six hours where it pauses first, and for one where the applications come first', () => {
  assert.equal(maxPauseOf({}, 'PAUSE_FIRST'), hours(6));
  assert.equal(maxPauseOf({}, 'APPLICATIONS_FIRST'), hours(1));
});

test('The maxPause of the configuration wins over the order', () => {
  assert.equal(maxPauseOf({ maxPause: 90 }, 'PAUSE_FIRST'), 90);
  assert.equal(maxPauseOf({ maxPause: hours(20) }, 'APPLICATIONS_FIRST'), hours(20));
});

test('Without a known order the configured version tells maxPause, and without one no run is ended before itself', () => {
  assert.equal(maxPauseOf({ version: '8.7' }), hours(1));
  assert.equal(maxPauseOf({ version: '8.8' }), hours(6));
  assert.equal(maxPauseOf({}), hours(6));
});

test('A pause that no run explains is told of after an hour unless the configuration says otherwise', () => {
  assert.equal(maxUnexplainedPauseOf({ version: '8.8' }), hours(1));
  assert.equal(maxUnexplainedPauseOf({ maxPause: 90 }), 90);
});
