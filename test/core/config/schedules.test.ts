import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import { schedule } from '../../../core/config/schedules.ts';

/**
 * The verdicts are those of the user guide of EventBridge Scheduler, and where they were seen, of the service:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html (fields, wildcards, rates, time zones)
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html (`*` and `?`, only one #, L, W)
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html (length of a zone, windows, retries)
 * https://github.com/localstack/localstack/issues/13572 (AWS takes 0-15/1, 30-30 and 1-31/30)
 */
const accepted: { cron: string; why: string }[] = [
  { cron: '0 3 * * ? *', why: 'once a day' },
  { cron: '15 10 ? * 6L 2026-2030', why: "the last Friday of each month, the guide's own example" },
  { cron: '0 10 * * ? *', why: 'the day of the week is ?' },
  { cron: '0 10 ? * * *', why: 'the day of the month is ?' },
  { cron: '0 18 ? * MON-FRI *', why: 'names of days in a range' },
  { cron: '0 18 ? * 2-6 *', why: 'numbers of days in a range' },
  { cron: '0 18 ? * MON,WED,FRI *', why: 'names of days in a list' },
  { cron: '0 8 1 * ? *', why: 'the first day of the month' },
  { cron: '0/15 * * * ? *', why: 'a step' },
  { cron: '*/15 * * * ? *', why: 'a step from the lowest value' },
  { cron: '0/10 * ? * MON-FRI *', why: 'a step beside a range' },
  { cron: '0/5 8-17 ? * MON-FRI *', why: 'hours in a range' },
  { cron: '0-15/1 8-8 ? * 2,3,4,5,6,7 *', why: 'a range with a step, and a range of one value' },
  { cron: '30-30 13-13 ? * 2,4,6 *', why: 'ranges of one value' },
  { cron: '1-31/30 1-1 ? * 1,7 *', why: 'a wide step in a range' },
  { cron: '59 23 31 12 ? 2199', why: 'the highest values' },
  { cron: '0 0 1 1 ? 1970-2199', why: 'the lowest values' },
  { cron: '0 3 1/2 * ? *', why: 'every other day of the month' },
  { cron: '0 3 1,15 * ? *', why: 'two days' },
  { cron: '0 3 L * ? *', why: 'the last day of the month' },
  { cron: '0 3 LW * ? *', why: 'the last weekday of the month' },
  { cron: '0 3 3W * ? *', why: 'the weekday that is nearest to the third' },
  { cron: '0 3 ? * L *', why: 'the last day of the week' },
  { cron: '0 3 ? * 3#2 *', why: 'the second Tuesday' },
  { cron: '0 3 ? * TUE#5 *', why: 'the fifth Tuesday of the months that have one' },
  { cron: '0 3 * JAN,APR,JUL,OCT ? *', why: 'names of months' },
  { cron: '0 3 * JAN-MAR ? *', why: 'a range of months' },
  { cron: '0 3 * 1/3 ? *', why: 'a step of months' },
  { cron: '0 3 29 2 ? *', why: 'the day that only leap years have' },
  { cron: '0 3 31 * ? *', why: 'the months that have 31 days' },
  { cron: '0 3 * * ? 2030/5', why: 'a step of years' },
  { cron: '00 03 * * ? *', why: 'zeros before a number' },
];

const refused: { cron: string; says: RegExp }[] = [
  { cron: '0 3 * * *', says: /six fields/ },
  { cron: '0 0 3 * * ? *', says: /six fields/ },
  { cron: '', says: /six fields/ },
  { cron: '@daily', says: /six fields/ },
  { cron: 'cron(0 3 * * ? *)', says: /six fields/ },
  { cron: 'rate(1 day)', says: /six fields/ },
  { cron: '0 3 * * * *', says: /one of day-of-month and day-of-week is \?/ },
  { cron: '0 3 ? * ? *', says: /one of day-of-month and day-of-week is \?/ },
  { cron: '0 3 15 * MON *', says: /one of day-of-month and day-of-week is \?/ },
  { cron: '0 25 * * ? *', says: /hours is "25", and it takes 0 to 23/ },
  { cron: '0 24 * * ? *', says: /hours is "24", and it takes 0 to 23/ },
  { cron: '60 3 * * ? *', says: /minutes is "60", and it takes 0 to 59/ },
  { cron: '-1 3 * * ? *', says: /minutes is "", and it takes 0 to 59/ },
  { cron: '0 3 0 * ? *', says: /day-of-month is "0", and it takes 1 to 31/ },
  { cron: '0 3 32 * ? *', says: /day-of-month is "32", and it takes 1 to 31/ },
  { cron: '0 3 * 0 ? *', says: /month is "0", and it takes 1 to 12 or JAN to DEC/ },
  { cron: '0 3 * 13 ? *', says: /month is "13", and it takes 1 to 12 or JAN to DEC/ },
  { cron: '0 3 * FOO ? *', says: /month is "FOO", and it takes 1 to 12 or JAN to DEC/ },
  { cron: '0 3 * JANUARY ? *', says: /month is "JANUARY", and it takes/ },
  { cron: '0 3 * jan ? *', says: /month is "jan", written JAN/ },
  { cron: '0 3 ? * 0 *', says: /day-of-week is "0", and it takes 1 to 7 or SUN to SAT \(1 is Sunday\)/ },
  { cron: '0 3 ? * 8 *', says: /day-of-week is "8", and it takes 1 to 7/ },
  { cron: '0 3 ? * MONDAY *', says: /day-of-week is "MONDAY", and it takes/ },
  { cron: '0 3 * * ? 1969', says: /year is "1969", and it takes 1970 to 2199/ },
  { cron: '0 3 * * ? 2200', says: /year is "2200", and it takes 1970 to 2199/ },
  { cron: '0 3 * * ? 26', says: /year is "26", and it takes 1970 to 2199/ },
  { cron: '0 22-4 * * ? *', says: /hours is "22-4", a range that ends before it begins: write 22-23,0-4/ },
  { cron: '0 3 ? * FRI-MON *', says: /a range that ends before it begins: write FRI-SAT,SUN-MON/ },
  { cron: '0/0 3 * * ? *', says: /minutes is "0\/0", whose step \(\/\) is not between 1 and 59/ },
  { cron: '0/60 3 * * ? *', says: /minutes is "0\/60", whose step \(\/\) is not between 1 and 59/ },
  { cron: '0/x 3 * * ? *', says: /minutes is "0\/x", whose step/ },
  { cron: '0/5/5 3 * * ? *', says: /minutes is "0\/5\/5", and it takes/ },
  { cron: '/5 3 * * ? *', says: /minutes is "", and it takes 0 to 59/ },
  { cron: '1-2-3 3 * * ? *', says: /minutes is "1-2-3", and it takes/ },
  { cron: '1, 3 * * ? *', says: /minutes is "", and it takes/ },
  { cron: '*,5 3 * * ? *', says: /minutes is "\*,5", and \* stands alone/ },
  { cron: '? 3 * * ? *', says: /minutes is "\?", and it takes/ },
  { cron: '0 L * * ? *', says: /hours is "L", and it takes/ },
  { cron: '0 3 * * ? L', says: /year is "L", and it takes/ },
  { cron: '0 3 ? * 2/2 *', says: /day-of-week is "2\/2", and this field has no steps/ },
  { cron: '0 3 ? * 3#1,6#3 *', says: /day-of-week is "3#1,6#3", and an expression with # stands alone/ },
  { cron: '0 3 ? * 3#6 *', says: /day-of-week is "3#6", and a month has its days 1 to 5 times/ },
  { cron: '0 3 ? * 3#0 *', says: /day-of-week is "3#0", and a month has its days 1 to 5 times/ },
  { cron: '0 3 ? * 3W *', says: /day-of-week is "3W", and it takes/ },
  { cron: '0 3 3#2 * ? *', says: /day-of-month is "3#2", and it takes/ },
  { cron: '0 3 1W,15W * ? *', says: /day-of-month is "1W", and it takes/ },
  { cron: '0 3 L,15 * ? *', says: /day-of-month is "L", and it takes/ },
  { cron: '0 3 32W * ? *', says: /day-of-month is "32", and it takes/ },
  { cron: '0 3 30 2 ? *', says: /none of its months has such a day/ },
  { cron: '0 3 31 2,4,6,9,11 ? *', says: /none of its months has such a day/ },
  { cron: '0 3 29 2 ? 2027', says: /none of its months has such a day/ },
  { cron: '0 3 30W 2 ? *', says: /none of its months has such a day/ },
];

const zones: { timezone: string; mistake?: RegExp }[] = [
  { timezone: 'UTC' },
  { timezone: 'Europe/Berlin' },
  { timezone: 'America/Argentina/Buenos_Aires' },
  { timezone: 'America/Port-au-Prince' },
  { timezone: 'Asia/Calcutta' },
  { timezone: 'US/Eastern' },
  { timezone: 'Etc/GMT+2' },
  { timezone: '+02:00', mistake: /is an offset from UTC, and EventBridge Scheduler takes only names/ },
  { timezone: '-0530', mistake: /is an offset from UTC/ },
  { timezone: 'europe/berlin', mistake: /is written Europe\/Berlin/ },
  { timezone: 'Europe/BERLIN', mistake: /is written Europe\/Berlin/ },
  { timezone: 'utc', mistake: /is written UTC/ },
  { timezone: 'us/eastern', mistake: /is not written with its capital letters/ },
  { timezone: 'Berlin', mistake: /is not a time zone/ },
  { timezone: 'GMT+2', mistake: /is not a time zone/ },
  { timezone: 'CEST', mistake: /is not a time zone/ },
  { timezone: '', mistake: /is not a time zone/ },
];

const intervals: { every: string; mistake?: RegExp }[] = [
  { every: '1m' },
  { every: '15m' },
  { every: '60m' },
  { every: '1h' },
  { every: '6h' },
  { every: '24h' },
  { every: '1d' },
  { every: '30s', mistake: /is not a number of whole minutes/ },
  { every: '90s', mistake: /is not a number of whole minutes/ },
  { every: '0m', mistake: /is zero/ },
  { every: '1w', mistake: /is not a duration/ },
  { every: '6 hours', mistake: /is not a duration/ },
  { every: '1.5h', mistake: /is not a duration/ },
  { every: '-6h', mistake: /is not a duration/ },
  { every: '5h', mistake: /does not divide a day or an hour, .*write 1h, 2h, / },
  { every: '90m', mistake: /does not divide a day or an hour/ },
  { every: '7d', mistake: /does not divide a day or an hour, .*for once a week/ },
  { every: '5000d', mistake: /is longer than 366d/ },
];

const saidOf = (settings: Record<string, unknown>) =>
  schedule.safeParse(settings).error?.issues.map(({ message }) => message) ?? [];

describe('The schedules that EventBridge Scheduler accepts are accepted, and no others', () => {
  for (const { cron, why } of accepted) {
    test(`The cron expression ${cron} is accepted: ${why}`, () => assert.deepEqual(saidOf({ cron }), []));
  }
  for (const { cron, says } of refused) {
    test(`The cron expression ${cron || '(empty)'} is refused`, () => {
      const [said = '', ...others] = saidOf({ cron });
      assert.match(said, says);
      assert.deepEqual(others, []);
    });
  }
  for (const { timezone, mistake } of zones) {
    test(`The time zone ${timezone || '(empty)'} is ${mistake ? 'refused' : 'accepted'}`, () => {
      const said = saidOf({ cron: '0 3 * * ? *', timezone });
      assert.equal(said.length, mistake ? 1 : 0, said.join());
      if (mistake) assert.match(said.join(), mistake);
    });
  }
  for (const { every, mistake } of intervals) {
    test(`The interval ${every} is ${mistake ? 'refused' : 'accepted'}`, () => {
      const said = saidOf({ every });
      assert.equal(said.length, mistake ? 1 : 0, said.join());
      if (mistake) assert.match(said.join(), mistake);
    });
  }

  test('A time zone beside `every` is refused, even UTC: the times of `every` are in UTC', () => {
    for (const timezone of ['Europe/Berlin', 'UTC']) {
      assert.match(
        saidOf({ every: '6h', timezone }).join(),
        /has a `timezone` beside `every`, whose times are in UTC/,
      );
    }
  });

  test('A flexible window is a number of whole minutes up to a day', () => {
    for (const flexibleWindow of ['1m', '15m', '24h', '120s']) {
      assert.deepEqual(saidOf({ every: '6h', flexibleWindow }), [], flexibleWindow);
    }
    assert.deepEqual(saidOf({ every: '6h', flexibleWindow: '90s' }), ['is not a number of whole minutes']);
    assert.deepEqual(saidOf({ every: '6h', flexibleWindow: '25h' }), ['is not between 1m and 24h']);
  });
});

/** A field of an expression that is built from the grammar of the user guide. */
function field(
  lowest: number,
  highest: number,
  { names = [], steps = true }: { names?: string[]; steps?: boolean } = {},
) {
  const name = (value: number) => names[value - lowest] ?? `${value}`;
  const value = fc.integer({ min: lowest, max: highest }).map(name);
  const range = fc
    .tuple(fc.integer({ min: lowest, max: highest }), fc.integer({ min: lowest, max: highest }))
    .map(([a, b]) => `${name(Math.min(a, b))}-${name(Math.max(a, b))}`);
  const step = fc.integer({ min: 1, max: Math.min(highest, 59) }).map((width) => `/${width}`);
  const item = fc.oneof(value, range);
  const stepped = fc
    .tuple(fc.oneof(value, range, fc.constant('*')), step)
    .map(([begin, width]) => begin + width);
  const list = fc.array(
    steps
      ? fc.oneof(
          item,
          stepped.filter((text) => !text.startsWith('*')),
        )
      : item,
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const text = list.map((items) => items.join(','));
  return fc.oneof(fc.constant('*'), text, ...(steps ? [stepped] : []));
}

const daysOfWeek = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayOfWeek = fc.oneof(
  field(1, 7, { steps: false }),
  field(1, 7, { names: daysOfWeek, steps: false }),
  fc.constantFrom(
    'L',
    ...daysOfWeek.flatMap((name, index) => [`${index + 1}L`, `${name}#2`, `${index + 1}#4`]),
  ),
);
/** Only days that every month has. The tables above have the others. */
const dayOfMonth = fc.oneof(
  field(1, 28),
  fc.constantFrom('L', 'LW'),
  fc.integer({ min: 1, max: 28 }).map((date) => `${date}W`),
);
const month = fc.oneof(field(1, 12), field(1, 12, { names: months }));
const days = fc.oneof(
  fc.tuple(dayOfMonth, month, fc.constant('?')),
  fc.tuple(fc.constant('?'), month, dayOfWeek),
);
const valid = fc
  .tuple(field(0, 59), field(0, 23), days, field(1970, 2199))
  .map(([minutes, hours, [date, named, weekday], year]) => [minutes, hours, date, named, weekday, year]);

const settings = { numRuns: 500 };

test('Every cron expression that is built from the grammar of the user guide is accepted', () => {
  fc.assert(
    fc.property(valid, (parts) => assert.deepEqual(saidOf({ cron: parts.join(' ') }), [])),
    settings,
  );
});

test('A cron expression one of whose fields leaves the grammar is refused', () => {
  const outside = fc.constantFrom(
    'x',
    '99999',
    '5-',
    ',1',
    '1-2-3',
    '1/0',
    '3#1,6#3',
    '!',
    '1.5',
    '**',
    '5?',
    '',
  );
  fc.assert(
    fc.property(valid, fc.integer({ min: 0, max: 5 }), outside, (parts, place, wrong) => {
      const mutated = parts.map((part, index) => (index === place ? wrong : part));
      assert.notEqual(saidOf({ cron: mutated.join(' ') }).length, 0, mutated.join(' '));
    }),
    settings,
  );
});
