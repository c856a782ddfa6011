import * as z from 'zod';
import { readCron } from './cron.ts';
import { datesOf } from './cron-dates.ts';
import { duration, durationUpTo } from './duration.ts';
import { mistakeInTimeZone } from './time-zone.ts';

const cron = z.string().refine((text) => mistakeInCron(text) === undefined, {
  error: ({ input }) =>
    `is not a cron expression of EventBridge Scheduler: ${mistakeInCron(String(input)) ?? ''}`,
  abort: true,
});

function mistakeInCron(text: string): string | undefined {
  const read = readCron(text);
  if ('mistake' in read) return read.mistake;
  return datesOf(read.cron, 0).next().done ? 'none of its months has such a day' : undefined;
}

const hour = 3600;
const day = 24 * hour;

/**
 * A schedule of EventBridge Scheduler with a rate starts its first backup at the moment of the deployment, and a start
 * date cannot be repeated in later deployments. So `every` becomes fixed times of the day, which a whole number of
 * intervals must fill (docs/decisions/0024-when-backups-start.md).
 */
const every = durationUpTo('366d', 'which is too rare for a schedule')
  .refine((seconds) => seconds % 60 === 0, { error: 'is not a number of whole minutes', abort: true })
  .refine((seconds) => cronOfEvery(seconds) !== undefined, {
    error:
      'does not divide a day or an hour, so no fixed times of the day are so far apart: write 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d, or the times as `cron`, such as "0 3 ? * SUN *" for once a week',
  });

/** The cron expression, in UTC, of what starts at every multiple of an interval; undefined if there is none. */
function cronOfEvery(seconds: number): string | undefined {
  const minutes = seconds / 60;
  if (hour % seconds === 0) return `${minutes === 60 ? '0' : `0/${minutes}`} * * * ? *`;
  if (day % seconds === 0 && seconds % hour === 0)
    return `0 ${seconds === day ? '0' : `0/${minutes / 60}`} * * ? *`;
  return undefined;
}

/** Scheduler's limits: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html, API_RetryPolicy.html */
const upToADay = duration.refine((seconds) => seconds >= 60 && seconds <= day, {
  error: 'is not between 1m and 24h',
  abort: true,
});

/** A rule that starts backups without a person. */
export const schedule = z
  .strictObject({
    cron: cron.optional().meta({ example: '"0 3 * * ? *"' }),
    every: every.optional().meta({ example: '6h' }),
    timezone: z
      .string()
      .refine((name) => mistakeInTimeZone(name) === undefined, {
        error: ({ input }) => mistakeInTimeZone(String(input)) ?? '',
        abort: true,
      })
      .optional()
      .meta({ example: 'Europe/Berlin' }),
    /** The backup starts at some moment within this time. */
    flexibleWindow: upToADay
      .refine((seconds) => seconds % 60 === 0, { error: 'is not a number of whole minutes' })
      .optional()
      .meta({ example: '15m' }),
    retryAttempts: z.int().min(0).max(185).default(3),
    retryFor: upToADay.default(3600).meta({ example: '1h' }),
    enabled: z.boolean().default(true),
  })
  .refine(({ cron, every }) => Boolean(cron) !== Boolean(every), { error: 'needs either `cron` or `every`' })
  .refine(({ every, timezone }) => every === undefined || timezone === undefined, {
    error:
      'has a `timezone` beside `every`, whose times are in UTC: omit it, or write the times of the zone as `cron`, such as "0 0/6 * * ? *"',
  })
  .transform(({ timezone = 'UTC', ...rest }) => ({ ...rest, timezone }))
  .meta({ example: '{ cron: "0 3 * * ? *", timezone: Europe/Berlin }' });
export type Schedule = z.infer<typeof schedule>;

/** The cron expression of a schedule, whose times are in its time zone. */
export function cronOfSchedule({ cron, every }: Schedule): string {
  const expression = cron ?? cronOfEvery(every ?? 0);
  // The schema ensures that there is one.
  if (expression === undefined) throw new Error('A schedule has neither `cron` nor `every`');
  return expression;
}
