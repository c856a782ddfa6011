import { type Cron, readCron } from '../core/config/cron.ts';
import { datesOf } from '../core/config/cron-dates.ts';
import { cronOfSchedule, type Schedule } from '../core/config/schedules.ts';
import { ZonedClock } from './zoned-clock.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** How far ahead the times are looked at: two years have every change of the clocks and every day of the week. */
const horizon = 731 * day;

/** A time that the clocks of the schedule's zone never show on a day, so that EventBridge Scheduler omits it. */
export interface OmittedTime {
  /** The time, as the milliseconds since 1970 that it would be in UTC. */
  shown: number;
  /** What the clocks show before and after the change, in the same form. */
  from: number;
  to: number;
  /** The time between the last start before it and the first one after it, in seconds. */
  gapSeconds: number;
}

interface Moment {
  instant: number;
  omitted?: { shown: number; from: number; to: number };
}

/**
 * The longest time between two starts of a cluster's schedules in the next two years, in seconds. A time that the clocks
 * skip counts as one that they show, because omittedTimes tells of it. Infinity if there is no schedule.
 */
export function longestGap(schedules: Schedule[], now: number): number {
  const instants = schedules.flatMap((schedule) => momentsOf(schedule, now)).map(({ instant }) => instant);
  if (instants.length === 0) return Number.POSITIVE_INFINITY;
  let longest = 0;
  let last = now;
  for (const instant of [...instants.sort((a, b) => a - b), now + horizon]) {
    longest = Math.max(longest, instant - last);
    last = instant;
  }
  return longest / 1000;
}

/**
 * The times of a schedule that the clocks of its zone skip, if more time passes without them than otherwise between two
 * starts: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function omittedTimes(schedule: Schedule, now: number): OmittedTime[] {
  const moments = momentsOf(schedule, now);
  const usual = longestGap([schedule], now);
  const kept = moments.filter(({ omitted }) => !omitted).map(({ instant }) => instant);
  return moments.flatMap(({ instant, omitted }) => {
    if (!omitted) return [];
    const before = kept.findLast((one) => one < instant) ?? now;
    const after = kept.find((one) => one >= instant) ?? now + horizon;
    const gapSeconds = (after - before) / 1000;
    return gapSeconds > usual ? [{ ...omitted, gapSeconds }] : [];
  });
}

/** Every start of a schedule until the horizon, in order. */
function momentsOf(schedule: Schedule, now: number): Moment[] {
  const read = readCron(cronOfSchedule(schedule));
  if ('mistake' in read) return [];
  const clock = new ZonedClock(schedule.timezone, now, now + horizon);
  const times = timesOf(read.cron);
  const moments: Moment[] = [];
  for (const date of datesOf(read.cron, Math.floor(now / day) * day - day)) {
    if (date > now + horizon) break;
    for (const time of times) {
      const moment = momentOf(date + time, clock);
      if (moment && moment.instant >= now && moment.instant <= now + horizon) moments.push(moment);
    }
  }
  return moments;
}

function momentOf(shown: number, clock: ZonedClock): Moment | undefined {
  const instant = clock.instantOf(shown);
  if (instant !== undefined) return { instant };
  const change = clock.changePast(shown);
  if (!change) return undefined;
  const { at, before, after } = change;
  return { instant: shown - before, omitted: { shown, from: at + before, to: at + after } };
}

/** The times of the day, in milliseconds since midnight. */
function timesOf({ hours, minutes }: Cron): number[] {
  return hours.flatMap((hour) => minutes.map((one) => (hour * 60 + one) * minute));
}
