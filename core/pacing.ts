/**
 * Decides when a running backup is checked again; docs/decisions/0003-pacing.md has the arithmetic. There are two
 * settings, because a check costs money in Step Functions and almost nothing in one process.
 */
export interface Pacing {
  /** The shortest wait, and the first one. */
  stepSeconds: number;
  /** Every wait is a multiple of this. */
  unitSeconds: number;
  /** The share of the elapsed time that is added to the shortest wait. */
  growth: number;
  longestWaitSeconds: number;
  /** After the first check, a wait lasts until this share of the last backup's duration, or `longestWaitSeconds`. */
  trustInLastTime: number;
  /** A wait is at least this many times as long as the last check took. */
  timesTheLook: number;
}

/**
 * The pacing in Step Functions. It notices the end within an eighth of the duration and within five minutes, so that a
 * 24-hour backup stays far below the limit of 25,000 events per execution. Step Functions truncates milliseconds.
 */
export const sparing: Pacing = {
  stepSeconds: 1,
  unitSeconds: 1,
  growth: 0.125,
  longestWaitSeconds: 300,
  trustInLastTime: 0.75,
  timesTheLook: 0,
};

/** The pacing in one process. It notices the end within a fiftieth of the duration, and checks a slow server rarely. */
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
  /** How long the last check took, if it was answered. */
  lookSeconds?: number | undefined;
  pacing: Pacing;
}

/** The instant of the next check, in milliseconds since 1970. */
export function nextCheckAt({ startedAt, now, expectedSeconds = 0, lookSeconds = 0, pacing }: Pace): number {
  const { stepSeconds, unitSeconds, growth, longestWaitSeconds, trustInLastTime, timesTheLook } = pacing;
  const elapsed = Math.max(0, (now - startedAt) / 1000);
  const grown = stepSeconds + elapsed * growth;
  // The first check always comes soon, so that an immediate failure is noticed immediately.
  const untilExpected = elapsed < stepSeconds ? 0 : expectedSeconds * trustInLastTime - elapsed;
  const due = Math.min(Math.max(grown, untilExpected), longestWaitSeconds);
  const wait = Math.max(due, lookSeconds * timesTheLook);
  const unit = unitSeconds * 1000;
  return now + Math.round((wait * 1000) / unit) * unit;
}
