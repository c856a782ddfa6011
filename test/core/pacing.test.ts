import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import fc from 'fast-check';
import { nextCheckAt, often, type Pacing, sparing } from '../../core/pacing.ts';

interface Run {
  /** Seconds from the start to each look; the last one sees the end. */
  looks: number[];
  noticedAt: number;
}

/** The pacing of Step Functions, with another step. */
const withStep = (pacing: Pacing | number): Pacing =>
  typeof pacing === 'number' ? { ...sparing, stepSeconds: pacing, unitSeconds: pacing } : pacing;

/** Looks at a backup that takes `duration` seconds until the end is seen. */
function follow(
  duration: number,
  pacing: Pacing | number,
  expectedSeconds?: number,
  delay = 0,
  lookSeconds = 0,
): Run {
  const startedAt = Date.parse('2026-11-21T09:00:00.123Z');
  const looks: number[] = [];
  let now = startedAt;
  do {
    const next = { startedAt, now, expectedSeconds, lookSeconds, pacing: withStep(pacing) };
    now = nextCheckAt(next) + (delay + lookSeconds) * 1000;
    looks.push((now - startedAt) / 1000);
  } while ((now - startedAt) / 1000 < duration);
  return { looks, noticedAt: looks.at(-1) ?? 0 };
}

const durations = fc.double({ min: 1, max: 24 * 3600, noNaN: true });
const steps = fc.constantFrom(0.25, 1, 2, 10);

test('The end of a backup is noticed within an eighth of its duration and a step', () => {
  fc.assert(
    fc.property(durations, steps, (duration, step) => {
      const { noticedAt } = follow(duration, step);
      assert(noticedAt <= duration * 1.125 + step * 1.5, `${duration} s noticed at ${noticedAt} s`);
    }),
  );
});

test('No wait is shorter than a step or longer than five minutes', () => {
  fc.assert(
    fc.property(
      durations,
      steps,
      fc.option(durations, { nil: undefined }),
      (elapsed, stepSeconds, expectedSeconds) => {
        const startedAt = 1_000_000;
        const now = startedAt + Math.round(elapsed * 1000);
        const wait =
          (nextCheckAt({ startedAt, now, expectedSeconds, pacing: withStep(stepSeconds) }) - now) / 1000;
        assert(wait >= stepSeconds, `waits ${wait} s`);
        assert(wait <= 300, `waits ${wait} s`);
      },
    ),
  );
});

test('Every wait is a whole number of seconds with a step of one second', () => {
  fc.assert(
    fc.property(durations, fc.option(durations, { nil: undefined }), (elapsed, expectedSeconds) => {
      const startedAt = 1_000_123;
      const now = startedAt + Math.round(elapsed * 1000);
      const wait = nextCheckAt({ startedAt, now, expectedSeconds, pacing: sparing }) - now;
      assert.equal(wait % 1000, 0);
    }),
  );
});

test('A backup of ten minutes is looked at less than forty times, one of a day less than 350 times', () => {
  const short = follow(600, 1).looks.length;
  assert(short < 40, `${short} looks`);
  const long = follow(24 * 3600, 1).looks.length;
  assert(long < 350, `${long} looks`);
});

test('A day of looks at five components stays far below the 25,000 events of an execution', () => {
  // Wait and Choice are two events each, a Task is five.
  const eventsOfALook = 2 + 5 + 2;
  assert(5 * eventsOfALook * follow(24 * 3600, 1).looks.length < 25_000 * 0.7);
});

test('Most looks before three quarters of a known duration are left out', () => {
  const known = follow(200, 1, 200).looks;
  assert(known.length < follow(200, 1).looks.length / 3, `${known.length} looks`);
  assert.deepEqual(known.slice(0, 2), [1, 150]);
});

test('An expectation never makes the first look late', () => {
  fc.assert(
    fc.property(durations, steps, (expected, step) => {
      assert.equal(follow(1, step, expected).looks[0], step);
    }),
  );
});

test('An expectation that holds, or was too low, notices the end as soon as none does', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1 / 0.76, noNaN: true }), (duration, share) => {
      const { noticedAt } = follow(duration, 1, duration * share);
      assert(noticedAt <= duration * 1.125 + 1.5, `${duration} s noticed at ${noticedAt} s`);
    }),
  );
});

test('An expectation that was far too high costs five minutes at most', () => {
  fc.assert(
    fc.property(durations, durations, (duration, expected) => {
      const { noticedAt } = follow(duration, 1, expected);
      assert(noticedAt <= duration + Math.max(300, duration * 0.125 + 1.5), `noticed at ${noticedAt} s`);
    }),
  );
});

test('Looks that come late, as those of a busy machine do, change nothing about the pace', () => {
  const { noticedAt } = follow(3600, 1, undefined, 0.4);
  assert(noticedAt <= 3600 * 1.125 + 2);
});

test('A clock that went back is not a wait in the past', () => {
  const startedAt = 2_000_000;
  assert(nextCheckAt({ startedAt, now: startedAt - 60_000, pacing: sparing }) > startedAt - 60_000);
});

test('In one process the end of a backup is noticed within 0.25 s and a fiftieth of its duration', () => {
  fc.assert(
    fc.property(durations, fc.option(durations, { nil: undefined }), (duration, expected) => {
      const { noticedAt } = follow(duration, often, expected);
      assert(noticedAt <= duration * 1.02 + 0.26, `${duration} s noticed at ${noticedAt} s`);
      assert(noticedAt <= duration + 30);
    }),
  );
});

test('In one process a server is never asked again before ten times as long as the last look took', () => {
  const looks = follow(3600, often, undefined, 0, 7).looks;
  const waits = looks.slice(1).map((look, index) => look - 7 - (looks[index] ?? 0));
  assert(waits.every((wait) => wait >= 70));
  assert(looks.length < 50, `${looks.length} looks`);
});

test('The looks of Step Functions do not depend on how long one takes: it is paid for each', () => {
  const pace = { startedAt: 0, now: 1000, pacing: sparing };
  assert.equal(nextCheckAt({ ...pace, lookSeconds: 7 }), nextCheckAt(pace));
});
