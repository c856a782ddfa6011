import type { Alert } from '../alert.ts';
import { type Clock, isAhead, secondsSince } from '../clock.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';

/** The time of one look: every part of it sees the same. */
export type Moment = Pick<Clock, 'now'>;

/** What a look remembers for the next one. The alerts that are still to be told are kept by core/tell/untold.ts. */
const fields = [
  'toldOfAgeAt',
  'unexplainedPauseSince',
  'toldOfPauseAt',
  'toldOfWaiting',
  'toldOfLongPause',
] as const;

/** Changes of it. A field that is undefined is forgotten. */
export type Remembered = { [Field in (typeof fields)[number]]?: WatchMemory[Field] };

/** What one part of a look has noticed: a pure function of facts, the memory and the time makes it. */
export interface Noticed {
  /** What people are told, and what is remembered as soon as they are. */
  alerts: { alert: Alert; told: Remembered }[];
  /** What is remembered in any case. */
  memory: Remembered;
}

export const nothing: Noticed = { alerts: [], memory: {} };

/**
 * After how many seconds people are told again of what lasts. Besides, a long pause is told once, and at every look that a
 * run keeps exporting paused which cannot be ended from here.
 */
const repeatAfter = {
  /** No backup was completed for longer than `maxAge`: after more than a day. */
  noRecentBackup: 24 * 3600 + 1,
  /** Exporting is paused, and no run explains it. */
  unexplainedPause: 3600,
  /** A lock waits for its own command. */
  lockWaiting: 3600,
};

/** Whether it is time to tell people (again). An instant in the future says nothing about when they were told. */
export function isDue(toldAt: string | undefined, what: keyof typeof repeatAfter, clock: Moment): boolean {
  if (toldAt === undefined || isAhead(toldAt, clock)) return true;
  return secondsSince(toldAt, { clock }) >= repeatAfter[what];
}

/** The memory with what is remembered now. */
export function withRemembered(memory: WatchMemory, changes: Remembered): WatchMemory {
  const next = { ...memory, ...changes };
  for (const field of fields) if (next[field] === undefined) delete next[field];
  return next;
}
