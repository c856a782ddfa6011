/**
 * When to look at a running backup again: docs/decisions/0003-pacing.md has the arithmetic. Two ways, as a look costs
 * something in Step Functions and next to nothing in one process.
 */
export interface Pacing {
  /** The shortest wait, and the first one. */
  stepSeconds: number;
  /** What a wait is a multiple of. */
  unitSeconds: number;
  /** Which share of the time already spent is added to it. */
  growth: number;
  longestWaitSeconds: number;
  /** Up to which share of the last backup's time the looks after the first one are left out. */
  trustInLastTime: number;
  /** A wait is at least so many times as long as the last look took. */
  timesTheLook: number;
}

/**
 * The end is noticed within an eighth of the duration, and never later than five minutes: a 24-hour backup stays far
 * below the 25,000 events that an execution may have. Step Functions cuts off the milliseconds.
 */
export const sparing: Pacing = {
  stepSeconds: 1,
  unitSeconds: 1,
  growth: 0.125,
  longestWaitSeconds: 300,
  trustInLastTime: 0.75,
  timesTheLook: 0,
};

/** The end is noticed within a fiftieth, and a server whose status takes long is not kept busy with it. */
export const often: Pacing = {
  stepSeconds: 0.25,
  unitSeconds: 0.001,
  growth: 0.02,
  longestWaitSeconds: 30,
  trustInLastTime: 0,
  timesTheLook: 10,
};

export interface Pace {
  /** Milliseconds since 1970. */
  startedAt: number;
  now: number;
  /** How long the last completed backup of this component took. */
  expectedSeconds?: number | undefined;
  /** How long the last look took, where it was answered. */
  lookSeconds?: number | undefined;
  pacing: Pacing;
}

/** The instant of the next check, in milliseconds since 1970. */
export function nextCheckAt({ startedAt, now, expectedSeconds = 0, lookSeconds = 0, pacing }: Pace): number {
  const { stepSeconds, unitSeconds, growth, longestWaitSeconds, trustInLastTime, timesTheLook } = pacing;
  const elapsed = Math.max(0, (now - startedAt) / 1000);
  const grown = stepSeconds + elapsed * growth;
  // The first check comes soon in any case: what fails at once is noticed at once.
  const untilExpected = elapsed < stepSeconds ? 0 : expectedSeconds * trustInLastTime - elapsed;
  const due = Math.min(Math.max(grown, untilExpected), longestWaitSeconds);
  const wait = Math.max(due, lookSeconds * timesTheLook);
  const unit = unitSeconds * 1000;
  return now + Math.round((wait * 1000) / unit) * unit;
}
