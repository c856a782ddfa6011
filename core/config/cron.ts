/**
 * The cron expressions of EventBridge Scheduler: six fields, each with its own values and wildcards
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based). What that page does not
 * define is refused, because Scheduler would refuse it only in the middle of a deployment.
 */
export interface Cron {
  minutes: number[];
  hours: number[];
  months: number[];
  years: number[];
  days: CronDays;
}

/** The days of a cron expression: by their day of the month, or by their day of the week (1 is Sunday). */
export type CronDays =
  | { ofMonth: number[] | 'last' | 'lastWeekday' | { weekdayNearest: number } }
  | { ofWeek: number[] | { last: number } | { day: number; nth: number } };

interface Field {
  name: string;
  lowest: number;
  highest: number;
  /** The names of the values, from the lowest on. */
  names?: string[];
  hasSteps: boolean;
}

const fields = {
  minutes: { name: 'minutes', lowest: 0, highest: 59, hasSteps: true },
  hours: { name: 'hours', lowest: 0, highest: 23, hasSteps: true },
  dayOfMonth: { name: 'day-of-month', lowest: 1, highest: 31, hasSteps: true },
  month: {
    name: 'month',
    lowest: 1,
    highest: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
    hasSteps: true,
  },
  dayOfWeek: {
    name: 'day-of-week',
    lowest: 1,
    highest: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    hasSteps: false,
  },
  year: { name: 'year', lowest: 1970, highest: 2199, hasSteps: true },
} satisfies Record<string, Field>;

const form =
  'six fields (minutes hours day-of-month month day-of-week year), one of day-of-month and day-of-week is ?';

/** The mistake in an expression, as the end of a sentence about it. */
class CronMistake extends Error {}

/** Reads an expression, or says what is wrong with it. */
export function readCron(text: string): { cron: Cron } | { mistake: string } {
  try {
    return { cron: cronOf(text) };
  } catch (error) {
    if (error instanceof CronMistake) return { mistake: error.message };
    throw error;
  }
}

function cronOf(text: string): Cron {
  const parts = text.trim().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  const questions = [dayOfMonth, dayOfWeek].filter((part) => part === '?').length;
  const isWhole = parts.length === 6 && parts.every((part) => /^[\w*/,?#-]+$/.test(part));
  if (!isWhole || questions !== 1) throw new CronMistake(form);
  return {
    minutes: valuesOf(minutes, fields.minutes),
    hours: valuesOf(hours, fields.hours),
    months: valuesOf(month, fields.month),
    years: valuesOf(year, fields.year),
    days: dayOfWeek === '?' ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek),
  };
}

function daysOfMonth(text: string): CronDays {
  if (text === 'L') return { ofMonth: 'last' };
  if (text === 'LW') return { ofMonth: 'lastWeekday' };
  const nearest = /^(\w+)W$/.exec(text)?.[1];
  if (nearest !== undefined) return { ofMonth: { weekdayNearest: numberOf(nearest, fields.dayOfMonth) } };
  return { ofMonth: valuesOf(text, fields.dayOfMonth) };
}

function daysOfWeek(text: string): CronDays {
  const field = fields.dayOfWeek;
  if (text === 'L') return { ofWeek: [field.highest] };
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) return { ofWeek: { last: numberOf(last, field) } };
  const [, day, nth] = /^(\w+)#(\w+)$/.exec(text) ?? [];
  if (day !== undefined && nth !== undefined) {
    if (!/^[1-5]$/.test(nth)) throw mistake(field, text, 'and a month has its days 1 to 5 times (#1 to #5)');
    return { ofWeek: { day: numberOf(day, field), nth: Number(nth) } };
  }
  if (text.includes('#')) throw mistake(field, text, 'and an expression with # stands alone');
  return { ofWeek: valuesOf(text, field) };
}

/** The values of a field that is a list of values, ranges and steps. */
function valuesOf(text: string, field: Field): number[] {
  const found = text.split(',').flatMap((item) => valuesOfItem(item, text, field));
  return [...new Set(found)].sort((a, b) => a - b);
}

function valuesOfItem(item: string, text: string, field: Field): number[] {
  const [range = '', step, ...tooMany] = item.split('/');
  if (step !== undefined && !field.hasSteps) {
    throw mistake(field, text, 'and this field has no steps (/): list the days, such as MON,WED,FRI');
  }
  if (range === '*' && item !== text) throw mistake(field, text, 'and * stands alone');
  const [first = '', last, ...others] = range.split('-');
  if (tooMany.length > 0 || others.length > 0) throw mistake(field, text, whatItTakes(field));
  const begin = range === '*' ? field.lowest : numberOf(first, field);
  const openEnd = range === '*' || step !== undefined ? field.highest : begin;
  const end = last === undefined ? openEnd : numberOf(last, field);
  if (end < begin) {
    const wrapped = `${first}-${nameOf(field.highest, field)},${nameOf(field.lowest, field)}-${last}`;
    throw mistake(field, text, `a range that ends before it begins: write ${wrapped}`);
  }
  const width = step === undefined ? 1 : stepOf(step, text, field);
  return Array.from({ length: Math.floor((end - begin) / width) + 1 }, (_, index) => begin + index * width);
}

function stepOf(step: string, text: string, field: Field): number {
  const most = Math.min(field.highest, field.highest - field.lowest + 1);
  const width = /^\d{1,3}$/.test(step) ? Number(step) : 0;
  if (width < 1 || width > most) throw mistake(field, text, `whose step (/) is not between 1 and ${most}`);
  return width;
}

function numberOf(text: string, field: Field): number {
  const { lowest, highest, names = [] } = field;
  if (names.includes(text)) return lowest + names.indexOf(text);
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  const isSmall = names.includes(text.toUpperCase());
  throw mistake(field, text, isSmall ? `written ${text.toUpperCase()}` : whatItTakes(field));
}

function whatItTakes({ lowest, highest, names }: Field): string {
  const known = names ? ` or ${names[0]} to ${names.at(-1)}` : '';
  return `and it takes ${lowest} to ${highest}${known}${names?.[0] === 'SUN' ? ' (1 is Sunday)' : ''}`;
}

const nameOf = (value: number, { lowest, names }: Field) => names?.[value - lowest] ?? `${value}`;

function mistake({ name }: Field, text: string, what: string): CronMistake {
  return new CronMistake(`${name} is "${text}", ${what}`);
}
