import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { steadyClock } from '../../../cli/local/steady-clock.ts';

function machine() {
  const clocks = { wall: 1_000_000, monotonic: 500 };
  const now = steadyClock(
    () => clocks.wall,
    () => clocks.monotonic,
  );
  return {
    now,
    pass(wall: number, monotonic: number) {
      clocks.wall += wall;
      clocks.monotonic += monotonic;
      return now();
    },
  };
}

test('The time of a run begins as the time of day', () => {
  assert.equal(machine().now(), 1_000_000);
});

test('The time of a run goes on where the clock of its machine is set back', () => {
  const { pass } = machine();
  assert.equal(pass(-3_600_000, 2_000), 1_002_000);
  assert.equal(pass(5_000, 5_000), 1_007_000);
});

test('The time of a run has what passed while its machine was suspended', () => {
  assert.equal(machine().pass(60_000, 10), 1_060_000);
});
