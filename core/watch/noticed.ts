import type { Alert } from '../alert.ts';
import { type Clock, isAhead, secondsSince } from '../clock.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';

/** The time of one look. Every part of the look uses the same instant. */
export type Moment = Pick<Clock, 'now'>;

/** The part of the memory that a look writes for the next one. core/tell/untold.ts keeps the alerts that were not delivered yet. */
const fields = [
  'toldOfAgeAt',
  'unexplainedPauseSince',
  'toldOfPauseAt',
  'toldOfWaiting',
  'toldOfLongPause',
  'toldOfOverlongPauseAt',
  'seenRunsUntil',
  'failing',
] as const;

/** Changes of that part. A field that is undefined is removed. */
export type Remembered = { [Field in (typeof fields)[number]]?: WatchMemory[Field] };

/** The result of one part of a look, which is a pure function of facts, the memory and the time. */
export interface Noticed {
  /** The alerts, each with the change of the memory once it is delivered. */
  alerts: { alert: Alert; told: Remembered }[];
  /** The changes of the memory that do not depend on an alert. */
  memory: Remembered;
}

export const nothing: Noticed = { alerts: [], memory: {} };

/**
 * After how many seconds an alert is repeated while its cause lasts. Two alerts are not in this table: a long pause is
 * reported once, and a run that keeps exporting paused and cannot be ended from here is reported at every look.
 */
const repeatAfter = {
  /** No backup has completed for longer than `maxAge`: repeated after more than a day. */
  noRecentBackup: 24 * 3600 + 1,
  /** Exporting is paused, and no run explains the pause. */
  unexplainedPause: 3600,
  /** A lock waits for its own command. */
  lockWaiting: 3600,
  /** A pause lasts for longer than `maxPause`, and nothing ends it. */
  overlongPause: 3600,
  /** The looks at a cluster fail: repeated after more than a day. */
  failing: 24 * 3600 + 1,
};

/** True if it is time to alert people, or to repeat the alert. An instant in the future does not count. */
export function isDue(toldAt: string | undefined, what: keyof typeof repeatAfter, clock: Moment): boolean {
  if (toldAt === undefined || isAhead(toldAt, clock)) return true;
  return secondsSince(toldAt, { clock }) >= repeatAfter[what];
}

/** The memory with the changes of this look. */
export function withRemembered(memory: WatchMemory, changes: Remembered): WatchMemory {
  const next = { ...memory, ...changes };
  for (const field of fields) if (next[field] === undefined) delete next[field];
  return next;
}
