/**
 * When to look at a running backup again.
 *
 * The wait grows with the time already spent, so that the end of a backup is noticed within an eighth of its
 * duration, and never later than five minutes: a 24-hour backup stays far below the 25,000 events that an
 * execution may have. Where the last backup of the same component is known, the checks between the first one
 * and three quarters of that time are left out: that saves most of the transitions of every backup but the
 * first (docs/decisions/0003-pacing.md has the arithmetic).
 */
const growth = 0.125;
const longestWaitSeconds = 300;
const trustInLastTime = 0.75;

export interface Pace {
  /** Milliseconds since 1970. */
  startedAt: number;
  now: number;
  /** How long the last completed backup of this component took. */
  expectedSeconds?: number | undefined;
  /** The shortest wait, and what every wait is a multiple of: 1 in Step Functions, which cuts off the milliseconds. */
  stepSeconds: number;
}

/** The instant of the next check, in milliseconds since 1970. */
export function nextCheckAt({ startedAt, now, expectedSeconds = 0, stepSeconds }: Pace): number {
  const elapsed = Math.max(0, (now - startedAt) / 1000);
  const grown = stepSeconds + elapsed * growth;
  // The first check comes soon in any case: what fails at once is noticed at once.
  const untilExpected = elapsed < stepSeconds ? 0 : expectedSeconds * trustInLastTime - elapsed;
  const wait = Math.min(Math.max(grown, untilExpected), longestWaitSeconds);
  const step = stepSeconds * 1000;
  return now + Math.round((wait * 1000) / step) * step;
}
