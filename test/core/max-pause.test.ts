import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxPauseOf, maxUnexplainedPauseOf } from '../../core/max-pause.ts';

const hours = (count: number) => count * 3600;

test('a backup that pauses first may keep exporting paused for six hours, one that begins with the applications for one', () => {
  assert.equal(maxPauseOf({}, 'PAUSE_FIRST'), hours(6));
  assert.equal(maxPauseOf({}, 'APPLICATIONS_FIRST'), hours(1));
});

test('what the configuration says wins over the order', () => {
  assert.equal(maxPauseOf({ maxPause: 90 }, 'PAUSE_FIRST'), 90);
  assert.equal(maxPauseOf({ maxPause: hours(20) }, 'APPLICATIONS_FIRST'), hours(20));
});

test('where the order is not known the configured version says it, and without one nobody ends a run before itself', () => {
  assert.equal(maxPauseOf({ version: '8.7' }), hours(1));
  assert.equal(maxPauseOf({ version: '8.8' }), hours(6));
  assert.equal(maxPauseOf({}), hours(6));
});

test('a pause that no run explains is told of after an hour unless the configuration says otherwise', () => {
  assert.equal(maxUnexplainedPauseOf({ version: '8.8' }), hours(1));
  assert.equal(maxUnexplainedPauseOf({ maxPause: 90 }), 90);
});
