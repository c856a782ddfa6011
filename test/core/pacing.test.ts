import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import { type Known, nextCheckAt, often, type Pace, type Pacing, sparing } from '../../core/pacing.ts';

const day = 24 * 3600;
const startedAt = Date.parse('2026-11-21T09:00:00.123Z');

interface Followed {
  duration: number;
  pacing: Pacing;
  known?: Known | undefined;
  /** The milliseconds of the start, which decide how whole seconds are rounded. */
  milliseconds?: number;
  /** How long a check takes; the component answers in the middle of it. */
  lookSeconds?: number;
  /** How much later than asked for a check begins. */
  delay?: number;
  /** A check is wanted after this time after every check, as of a component that is never settled. */
  atMostSeconds?: number;
  timeoutSeconds?: number;
}

/** Checks a backup until the end, or its time limit, is seen. Returns the seconds from the start to each check. */
function follow({ duration, pacing, known, milliseconds = 123, ...how }: Followed) {
  const { lookSeconds = 0, delay = 0, atMostSeconds, timeoutSeconds = day } = how;
  const begin = Math.floor(startedAt / 1000) * 1000 + milliseconds;
  const looks: number[] = [];
  let now = begin;
  let seen = 0;
  do {
    const pace = { startedAt: begin, now, known, lookSeconds, atMostSeconds, timeoutSeconds, pacing };
    const due = nextCheckAt({ ...pace, looks: looks.length }) + delay * 1000;
    looks.push((due - begin) / 1000);
    seen = (due - begin) / 1000 + lookSeconds / 2;
    now = due + lookSeconds * 1000;
  } while (seen < duration && seen <= timeoutSeconds);
  return { looks, noticedAt: (now - begin) / 1000 };
}

const pace = (of: Partial<Pace>): Pace => ({
  startedAt,
  now: startedAt,
  looks: 0,
  timeoutSeconds: day,
  pacing: sparing,
  ...of,
});

// Doubles are drawn by their exponents, so that a second is as likely as an hour.
const durations = fc.double({ min: 1, max: day, noNaN: true });
const shares = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const known = fc.oneof(
  fc.constant({}),
  fc.record({ expectedSeconds: durations }),
  fc
    .record({ expectedSeconds: durations, share: shares })
    .map(({ expectedSeconds, share }) => ({ expectedSeconds, shortestSeconds: expectedSeconds * share })),
);
/** A check in Step Functions takes a quarter of a second. */
const lookSeconds = 0.25;
const milliseconds = fc.integer({ min: 0, max: 999 });

function isNoticedWithin(
  { duration, noticedAt }: { duration: number; noticedAt: number },
  seconds: number,
  share: number,
) {
  const late = noticedAt - duration * (1 + share);
  assert(late <= seconds + 1e-6, `${duration} s noticed ${late} s too late, at ${noticedAt} s`);
}

describe('The pacing in Step Functions', () => {
  test('The end of a first backup is noticed within 5 s and 8 % of its duration', () => {
    fc.assert(
      fc.property(durations, milliseconds, (duration, milliseconds) => {
        const { noticedAt } = follow({ duration, milliseconds, lookSeconds, pacing: sparing });
        isNoticedWithin({ duration, noticedAt }, 5, 0.08);
      }),
    );
  });

  test('The end of every later backup is noticed within 2 s and 2 % of its duration, if it takes between a half and the double of the last one', () => {
    const lengths = fc.array(
      fc.oneof(fc.constantFrom(0.5, 2), fc.double({ min: 0.5, max: 2, noNaN: true })),
      { minLength: 1, maxLength: 15 },
    );
    fc.assert(
      fc.property(durations, lengths, milliseconds, (first, lengths, milliseconds) => {
        // The ledger has what was noticed, and PrepareBackup reads the last ten.
        const noticed = [follow({ duration: first, milliseconds, lookSeconds, pacing: sparing }).noticedAt];
        let duration = first;
        for (const length of lengths) {
          duration = Math.min(Math.max(1, duration * length), day);
          const [expectedSeconds] = noticed;
          const recent = noticed.slice(0, 10);
          const shortestSeconds = recent.length > 1 ? Math.min(...recent) : undefined;
          const known = { expectedSeconds, shortestSeconds };
          const { noticedAt } = follow({ duration, known, milliseconds, lookSeconds, pacing: sparing });
          isNoticedWithin({ duration, noticedAt }, 2, 0.02);
          noticed.unshift(noticedAt);
        }
      }),
    );
  });

  test('The end of a backup that takes as long as an older one, and less than a half of the last one, is noticed within 2 s and an eighth', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 1 / 6, max: 0.5, noNaN: true }), (expectedSeconds, share) => {
        const duration = expectedSeconds * share;
        const known = { expectedSeconds, shortestSeconds: duration };
        isNoticedWithin({ duration, ...follow({ duration, known, lookSeconds, pacing: sparing }) }, 2, 0.125);
      }),
    );
  });

  test('An early failure is noticed after four times its time and 2 s, whatever was expected', () => {
    fc.assert(
      fc.property(durations, known, (duration, known) => {
        isNoticedWithin({ duration, ...follow({ duration, known, pacing: sparing }) }, 4.5, 3);
      }),
    );
  });

  test('A backup whose last one is known is checked few times before a half of that time', () => {
    const known = { expectedSeconds: 1800, shortestSeconds: 1700 };
    const { looks } = follow({ duration: 1800, known, milliseconds: 0, pacing: sparing });
    assert.deepEqual(looks.slice(0, 7), [1, 5, 21, 85, 341, 881, 900]);
    assert(looks.length < 48, `${looks.length} checks`);
  });

  for (const { seconds, most, known } of [
    { seconds: 60, most: 12, known: {} },
    { seconds: 600, most: 35, known: {} },
    { seconds: day, most: 100, known: {} },
    { seconds: 60, most: 25, known: { expectedSeconds: 60 } },
    { seconds: 600, most: 42, known: { expectedSeconds: 600 } },
    { seconds: day, most: 50, known: { expectedSeconds: day } },
  ]) {
    test(`A backup of ${seconds} s is checked at most ${most} times, ${'expectedSeconds' in known ? 'if the last one took as long' : 'if it is the first one'}`, () => {
      const { looks } = follow({ duration: seconds, known, lookSeconds, pacing: sparing });
      assert(looks.length <= most, `${looks.length} checks`);
      assert(looks.length > most - 12, `${looks.length} checks`);
    });
  }

  test('No backup is checked more often than the limit says, whatever is known, and however often it wants to be', () => {
    const timeouts = fc.constantFrom(60, 3600, day, 3 * day, 14 * day);
    const wanted = fc.option(fc.constantFrom(1, 30), { nil: undefined });
    fc.assert(
      fc.property(
        known,
        timeouts,
        wanted,
        milliseconds,
        (known, timeoutSeconds, atMostSeconds, milliseconds) => {
          const never = { duration: Number.POSITIVE_INFINITY, pacing: sparing };
          const { looks } = follow({
            ...never,
            known,
            timeoutSeconds,
            milliseconds,
            ...(atMostSeconds === undefined ? {} : { atMostSeconds }),
          });
          const most = sparing.mostLooks(timeoutSeconds);
          assert(looks.length <= most, `${looks.length} checks, and ${most} are allowed`);
          const last = looks.at(-1) ?? 0;
          assert(last > timeoutSeconds && last <= timeoutSeconds + 1.001, `the last one after ${last} s`);
        },
      ),
    );
  });

  test('Every check is due at a whole second, which Step Functions does not truncate', () => {
    fc.assert(
      fc.property(durations, known, milliseconds, (elapsed, known, milliseconds) => {
        const now = startedAt + Math.round(elapsed * 1000) + milliseconds;
        assert.equal(nextCheckAt(pace({ now, known })) % 1000, 0);
      }),
    );
  });

  test('No wait is shorter than half a second', () => {
    fc.assert(
      fc.property(durations, known, milliseconds, (elapsed, known, milliseconds) => {
        const now = startedAt + Math.round(elapsed * 1000) + milliseconds;
        // At the time limit, a check is due when it has just passed.
        const wait = nextCheckAt(pace({ now, known, timeoutSeconds: 2 * day })) - now;
        assert(wait >= 500, `waits ${wait} ms`);
      }),
    );
  });

  test('A known duration never makes the first check late', () => {
    fc.assert(
      fc.property(known, milliseconds, (known, milliseconds) => {
        const [first = 0] = follow({ duration: 1, known, milliseconds, pacing: sparing }).looks;
        assert(first <= 4.5, `${first} s`);
      }),
    );
  });

  test('A check is due when a pause has just become too long, although the next one is hours away', () => {
    const now = startedAt + 3600_000;
    const pauseEndsAt = now + 60_500;
    assert.equal(
      nextCheckAt(pace({ now, known: { expectedSeconds: day }, pauseEndsAt })),
      Math.ceil(pauseEndsAt / 1000) * 1000,
    );
    assert.equal(nextCheckAt(pace({ now, pauseEndsAt: now - 1 })), Math.ceil(now / 1000) * 1000);
  });

  test('Checks that come late, as those of a busy machine do, change nothing about the pace', () => {
    const { noticedAt } = follow({ duration: 3600, delay: 0.4, pacing: sparing });
    isNoticedWithin({ duration: 3600, noticedAt }, 5.4, 0.08);
  });

  test('The checks do not depend on how long one takes, because each one is paid for', () => {
    const now = startedAt + 1000;
    assert.equal(nextCheckAt(pace({ now, lookSeconds: 7 })), nextCheckAt(pace({ now })));
  });
});

describe('The pacing in one process', () => {
  test('The end of a backup is noticed within 0.25 s and a fiftieth of its duration', () => {
    fc.assert(
      fc.property(durations, known, (duration, known) => {
        const { noticedAt } = follow({ duration, known, pacing: often });
        isNoticedWithin({ duration, noticedAt }, 0.26, 0.02);
        assert(noticedAt <= duration + 30);
      }),
    );
  });

  test('No wait is shorter than a quarter of a second or longer than half a minute', () => {
    fc.assert(
      fc.property(durations, known, fc.nat(10_000), (elapsed, known, looks) => {
        const now = startedAt + Math.round(elapsed * 1000);
        const wait =
          (nextCheckAt(pace({ now, known, looks, timeoutSeconds: 2 * day, pacing: often })) - now) / 1000;
        assert(wait >= 0.25, `waits ${wait} s`);
        assert(wait <= 30, `waits ${wait} s`);
      }),
    );
  });

  test('A server is never asked again before ten times as long as the last check took', () => {
    const { looks } = follow({ duration: 3600, lookSeconds: 7, pacing: often });
    const waits = looks.slice(1).map((look, index) => look - 7 - (looks[index] ?? 0));
    assert(waits.every((wait) => wait >= 70));
    assert(looks.length < 50, `${looks.length} checks`);
  });
});

for (const pacing of [sparing, often]) {
  test(`A clock that went back is no reason to check in the past, with steps of ${pacing.stepSeconds} s`, () => {
    const now = startedAt - 60_000;
    assert(nextCheckAt(pace({ now, pacing })) > now);
  });
}
