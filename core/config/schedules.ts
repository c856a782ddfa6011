import * as z from 'zod';
import { duration, durationUpTo } from './duration.ts';

const cron = z.string().refine(isSchedulerCron, {
  error:
    'is not a cron expression of EventBridge Scheduler: six fields (minutes hours day-of-month month day-of-week year), one of day-of-month and day-of-week is ?',
});

/** A rule that starts backups without a person. */
export const schedule = z
  .strictObject({
    cron: cron.optional().meta({ example: '"0 3 * * ? *"' }),
    every: durationUpTo('366d', 'which is too rare for a schedule').optional().meta({ example: '6h' }),
    timezone: z
      .string()
      .refine(isTimezone, { error: 'is not a time zone' })
      .default('UTC')
      .meta({ example: 'Europe/Berlin' }),
    /** The backup starts at some moment within this time. */
    flexibleWindow: duration
      .refine((seconds) => seconds >= 60 && seconds <= 86_400, { error: 'is not between 1m and 24h' })
      .optional()
      .meta({ example: '15m' }),
    retryAttempts: z.int().min(0).max(185).default(3),
    retryFor: duration
      .refine((seconds) => seconds >= 60 && seconds <= 86_400, { error: 'is not between 1m and 24h' })
      .default(3600)
      .meta({ example: '1h' }),
    enabled: z.boolean().default(true),
  })
  .refine(({ cron, every }) => Boolean(cron) !== Boolean(every), { error: 'needs either `cron` or `every`' })
  .meta({ example: '{ cron: "0 3 * * ? *", timezone: Europe/Berlin }' });
export type Schedule = z.infer<typeof schedule>;

function isSchedulerCron(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  const questions = [fields[2], fields[4]].filter((field) => field === '?').length;
  return fields.length === 6 && fields.every((field) => /^[\w*/,?#-]+$/.test(field)) && questions === 1;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
