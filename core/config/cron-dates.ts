import type { Cron, CronDays } from './cron.ts';

/** A day of the calendar, as the milliseconds since 1970 at which it begins in UTC. */
export type CalendarDay = number;

const day = 86_400_000;

/** The days on which an expression starts something, from the day `from` on. */
export function* datesOf({ years, months, days }: Cron, from: CalendarDay): Generator<CalendarDay> {
  const first = new Date(from).getUTCFullYear();
  for (const year of years) {
    if (year < first) continue;
    for (const month of months) {
      const begin = Date.UTC(year, month - 1, 1);
      const length = (Date.UTC(year, month, 1) - begin) / day;
      for (const date of datesInMonth(days, begin, length)) {
        const found = begin + (date - 1) * day;
        if (date <= length && found >= from) yield found;
      }
    }
  }
}

function datesInMonth(days: CronDays, begin: CalendarDay, length: number): number[] {
  /** 1 is Sunday. */
  const weekdayOf = (date: number) => new Date(begin + (date - 1) * day).getUTCDay() + 1;
  if ('ofMonth' in days) {
    const { ofMonth } = days;
    if (ofMonth === 'last') return [length];
    if (ofMonth === 'lastWeekday') return [nearestWeekday(length, length, weekdayOf)];
    if (Array.isArray(ofMonth)) return ofMonth;
    const { weekdayNearest } = ofMonth;
    return weekdayNearest > length ? [] : [nearestWeekday(weekdayNearest, length, weekdayOf)];
  }
  const { ofWeek } = days;
  const all = Array.from({ length }, (_, index) => index + 1);
  if (Array.isArray(ofWeek)) return all.filter((date) => ofWeek.includes(weekdayOf(date)));
  if ('last' in ofWeek) return all.filter((date) => weekdayOf(date) === ofWeek.last).slice(-1);
  return all.filter((date) => weekdayOf(date) === ofWeek.day).slice(ofWeek.nth - 1, ofWeek.nth);
}

/** The weekday nearest to a date, in the same month. */
function nearestWeekday(date: number, length: number, weekdayOf: (date: number) => number): number {
  const weekday = weekdayOf(date);
  if (weekday === 7) return date > 1 ? date - 1 : date + 2;
  if (weekday === 1) return date < length ? date + 1 : date - 2;
  return date;
}
