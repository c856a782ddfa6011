import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextCheckAt } from '../../core/pacing.ts';

interface Run {
  /** Seconds from the start to each look; the last one sees the end. */
  looks: number[];
  noticedAt: number;
}

/** Looks at a backup that takes `duration` seconds until the end is seen. */
function follow(duration: number, stepSeconds: number, expectedSeconds?: number, delay = 0): Run {
  const startedAt = Date.parse('2026-11-21T09:00:00.123Z');
  const looks: number[] = [];
  let now = startedAt;
  do {
    now = nextCheckAt({ startedAt, now, expectedSeconds, stepSeconds }) + delay * 1000;
    looks.push((now - startedAt) / 1000);
  } while ((now - startedAt) / 1000 < duration);
  return { looks, noticedAt: looks.at(-1) ?? 0 };
}

const durations = fc.double({ min: 1, max: 24 * 3600, noNaN: true });
const steps = fc.constantFrom(0.25, 1, 2, 10);

test('the end of a backup is noticed within an eighth of its duration and a step', () => {
  fc.assert(
    fc.property(durations, steps, (duration, step) => {
      const { noticedAt } = follow(duration, step);
      assert(noticedAt <= duration * 1.125 + step * 1.5, `${duration} s noticed at ${noticedAt} s`);
    }),
  );
});

test('no wait is shorter than a step or longer than five minutes', () => {
  fc.assert(
    fc.property(
      durations,
      steps,
      fc.option(durations, { nil: undefined }),
      (elapsed, stepSeconds, expectedSeconds) => {
        const startedAt = 1_000_000;
        const now = startedAt + Math.round(elapsed * 1000);
        const wait = (nextCheckAt({ startedAt, now, expectedSeconds, stepSeconds }) - now) / 1000;
        assert(wait >= stepSeconds, `waits ${wait} s`);
        assert(wait <= 300, `waits ${wait} s`);
      },
    ),
  );
});

test('with a step of one second every wait is a whole number of seconds', () => {
  fc.assert(
    fc.property(durations, fc.option(durations, { nil: undefined }), (elapsed, expectedSeconds) => {
      const startedAt = 1_000_123;
      const now = startedAt + Math.round(elapsed * 1000);
      const wait = nextCheckAt({ startedAt, now, expectedSeconds, stepSeconds: 1 }) - now;
      assert.equal(wait % 1000, 0);
    }),
  );
});

test('a backup of ten minutes is looked at less than forty times, one of a day less than 350 times', () => {
  const short = follow(600, 1).looks.length;
  assert(short < 40, `${short} looks`);
  const long = follow(24 * 3600, 1).looks.length;
  assert(long < 350, `${long} looks`);
});

test('a day of looks at five components stays far below the 25,000 events of an execution', () => {
  // Wait and Choice are two events each, a Task is five.
  const eventsOfALook = 2 + 5 + 2;
  assert(5 * eventsOfALook * follow(24 * 3600, 1).looks.length < 25_000 * 0.7);
});

test('where the duration is known most looks before three quarters of it are left out', () => {
  const known = follow(200, 1, 200).looks;
  assert(known.length < follow(200, 1).looks.length / 3, `${known.length} looks`);
  assert.deepEqual(known.slice(0, 2), [1, 150]);
});

test('an expectation never makes the first look late', () => {
  fc.assert(
    fc.property(durations, steps, (expected, step) => {
      assert.equal(follow(1, step, expected).looks[0], step);
    }),
  );
});

test('an expectation that holds, or was too low, notices the end as soon as none does', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1 / 0.76, noNaN: true }), (duration, share) => {
      const { noticedAt } = follow(duration, 1, duration * share);
      assert(noticedAt <= duration * 1.125 + 1.5, `${duration} s noticed at ${noticedAt} s`);
    }),
  );
});

test('an expectation that was far too high costs five minutes at most', () => {
  fc.assert(
    fc.property(durations, durations, (duration, expected) => {
      const { noticedAt } = follow(duration, 1, expected);
      assert(noticedAt <= duration + Math.max(300, duration * 0.125 + 1.5), `noticed at ${noticedAt} s`);
    }),
  );
});

test('looks that come late, as those of a busy machine do, change nothing about the pace', () => {
  const { noticedAt } = follow(3600, 1, undefined, 0.4);
  assert(noticedAt <= 3600 * 1.125 + 2);
});

test('a clock that went back is not a wait in the past', () => {
  const startedAt = 2_000_000;
  assert(nextCheckAt({ startedAt, now: startedAt - 60_000, stepSeconds: 1 }) > startedAt - 60_000);
});
