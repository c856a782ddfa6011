/**
 * Decides when a running backup is checked again; docs/decisions/0003-pacing.md has the arithmetic. There are two
 * settings, because a check costs money in Step Functions and almost nothing in one process.
 */
export interface Pacing {
  /** The rules for a component whose last backups took the known time, in the order of their beginnings. */
  rules: (known: Known) => Rule[];
  /** The shortest wait. */
  stepSeconds: number;
  /** Every check is due at a multiple of this, counted from 1970. */
  unitSeconds: number;
  longestWaitSeconds: number;
  /** A wait is at least this many times as long as the last check took. */
  timesTheLook: number;
  /** The most checks of one backup that may take `timeoutSeconds`. */
  mostLooks: (timeoutSeconds: number) => number;
}

/** The rule from a moment of a backup on: a wait is `stepSeconds` and the share `growth` of the time since the start. */
interface Rule {
  fromSeconds: number;
  stepSeconds: number;
  growth: number;
}

/** How long the last completed backups of a component took. Nothing is known before its first one. */
export interface Known {
  /** The newest one. */
  expectedSeconds?: number | undefined;
  /** The shortest one, if there is more than one. */
  shortestSeconds?: number | undefined;
}

const day = 24 * 3600;

/**
 * The waits without and with a known duration. The end may be noticed a second later than they say: half a second is for
 * whole seconds, and half a second for the two checks between which it happens.
 */
const first = { stepSeconds: 4, growth: 0.08 };
const later = { stepSeconds: 1, growth: 0.02 };
/** The first waits, so that a failure at once is noticed at once. */
const atOnce = { fromSeconds: 0, stepSeconds: 1, growth: 1 };
/** The waits as long as only a failure is likely. */
const early = { stepSeconds: 1, growth: 3 };
/** The waits when an older backup had ended, although the newest one took more than twice as long. */
const spreading = { stepSeconds: 1, growth: 0.125 };

/** The end is expected between a half and the double of the last duration. */
const factor = 2;
/** The share by which each check comes later than the one before when only just enough checks are left. */
const stretched = 1 / 3;

/**
 * The pacing in Step Functions. It notices the end of a first backup within 5 s and 8 % of its duration, and the end of
 * a later one within 2 s and 2 %. The number of checks is limited, because an execution may have 25,000 events. Step
 * Functions truncates milliseconds.
 */
export const sparing: Pacing = {
  rules: ({ expectedSeconds, shortestSeconds }) => {
    if (expectedSeconds === undefined) return [atOnce, { fromSeconds: 3, ...first }];
    // The ledger has the moment at which the end was noticed. A single record may be that of a first backup.
    const record = shortestSeconds === undefined ? first : later;
    const from = Math.max(0, (expectedSeconds - record.stepSeconds - 1) / (1 + record.growth)) / factor;
    // An older backup that was much shorter must not use up the checks.
    const spread = Math.max((shortestSeconds ?? expectedSeconds) * 0.9, from / 3);
    return [
      { fromSeconds: 0, ...early },
      { fromSeconds: Math.min(spread, from), ...spreading },
      { fromSeconds: from, ...later },
      { fromSeconds: expectedSeconds * factor, ...first },
    ];
  },
  stepSeconds: 1,
  unitSeconds: 1,
  longestWaitSeconds: Number.POSITIVE_INFINITY,
  timesTheLook: 0,
  mostLooks: (timeoutSeconds) =>
    102 + Math.ceil(looksBetween(day, Math.max(day, timeoutSeconds), first.growth)),
};

/** The pacing in one process. It notices the end within a fiftieth of the duration, and checks a slow server rarely. */
export const often: Pacing = {
  rules: () => [{ fromSeconds: 0, stepSeconds: 0.25, growth: 0.02 }],
  stepSeconds: 0.25,
  unitSeconds: 0.001,
  longestWaitSeconds: 30,
  timesTheLook: 10,
  mostLooks: () => Number.POSITIVE_INFINITY,
};

export interface Pace {
  /** Milliseconds since 1970. */
  startedAt: number;
  now: number;
  known?: Known | undefined;
  /** How long the last check took, if it was answered. */
  lookSeconds?: number | undefined;
  /** The number of checks until now. */
  looks: number;
  /** A wait lasts at most this long, unless only just enough checks are left. */
  atMostSeconds?: number | undefined;
  /** The time limit of the backup. */
  timeoutSeconds: number;
  /** The moment at which the pause of exporting becomes too long, in milliseconds since 1970. */
  pauseEndsAt?: number | undefined;
  pacing: Pacing;
}

/** The instant of the next check, in milliseconds since 1970. A limit is checked when it has just passed. */
export function nextCheckAt(pace: Pace): number {
  const { startedAt, now, known = {}, lookSeconds = 0, pacing } = pace;
  const { atMostSeconds = Number.POSITIVE_INFINITY, pauseEndsAt = Number.POSITIVE_INFINITY } = pace;
  const elapsed = Math.max(0, (now - startedAt) / 1000);
  const ruled = Math.min(waitBy(pacing.rules(known), elapsed), pacing.longestWaitSeconds);
  const wait = Math.min(Math.max(ruled, lookSeconds * pacing.timesTheLook), atMostSeconds);
  const limit = Math.min(startedAt + pace.timeoutSeconds * 1000, pauseEndsAt);
  const unit = pacing.unitSeconds * 1000;
  const due = Math.max(
    Math.round((now + wait * 1000) / unit),
    Math.ceil((now + stretchedWait(pace, elapsed) * 1000) / unit),
  );
  const justPassed = Math.floor(limit / unit) + 1;
  return Math.max(Math.ceil(now / unit), Math.min(due, justPassed)) * unit;
}

/** The wait by the rule of this moment, which ends early if a later rule wants a check before. */
function waitBy(rules: Rule[], elapsed: number): number {
  const current = rules.findLastIndex(({ fromSeconds }) => fromSeconds <= elapsed);
  const wanted = rules
    .slice(current)
    .map(({ fromSeconds, stepSeconds, growth }) =>
      Math.max(fromSeconds, elapsed + stepSeconds + elapsed * growth),
    );
  return Math.min(...wanted) - elapsed;
}

/** Zero, or a long wait if the checks that are left only just reach the time limit with such waits. */
function stretchedWait({ looks, timeoutSeconds, pacing }: Pace, elapsed: number): number {
  const left = pacing.mostLooks(timeoutSeconds) - looks;
  return left - 1 < looksBetween(Math.max(1, elapsed), timeoutSeconds, stretched) ? elapsed * stretched : 0;
}

/** The number of checks between two moments of a backup if each is later than the one before by the share `growth`. */
function looksBetween(from: number, to: number, growth: number): number {
  return Math.log(to / from) / Math.log(1 + growth);
}
