import * as z from 'zod';

/**
 * What people are told. The same facts three times: a subject that an SMS or a list of mails shows, a text of
 * sentences, and JSON for machines (SNS message attributes).
 */
export const alert = z.strictObject({
  /** Each but the last two has its heading in docs/runbook.md. */
  kind: z.enum([
    'backupFailed',
    'backupNotKnown',
    'exportingLeftPaused',
    'exportingPausedForLong',
    'noRecentBackup',
    'lockWaiting',
    'runAbandoned',
    'watchdogFailing',
    'deadLetterQueueNotEmpty',
    'backupCompleted',
    'pauseEnded',
  ]),
  severity: z.enum(['CRITICAL', 'WARNING', 'INFO']),
  cluster: z.string(),
  backupId: z.int().positive().optional(),
  component: z.string().optional(),
  /** Why, as a sentence. */
  reason: z.string(),
  /** What to do, as a sentence. */
  remedy: z.string().optional(),
  /** The execution's page in the console. */
  execution: z.string().optional(),
  manifest: z.string().optional(),
});
export type Alert = z.infer<typeof alert>;
