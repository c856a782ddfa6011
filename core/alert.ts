import * as z from 'zod';

/**
 * A message to people. core/tell/alert-message.ts makes three forms of it: a subject for an SMS or a list of mails, a
 * text, and JSON for machines (an SNS message attribute).
 */
export const alert = z.strictObject({
  /** Every kind except the last three has a heading in docs/runbook.md. */
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
    'alertsNotReceived',
    'backupDamaged',
    'backupNotProven',
    'backupCompleted',
    'pauseEnded',
    'testAlert',
  ]),
  severity: z.enum(['CRITICAL', 'WARNING', 'INFO']),
  cluster: z.string(),
  backupId: z.int().positive().optional(),
  component: z.string().optional(),
  /** The reason for the alert, as a sentence. */
  reason: z.string(),
  /** The instruction for the reader, as a sentence. */
  remedy: z.string().optional(),
  /** The URL of the execution's page in the AWS console. */
  execution: z.string().optional(),
  manifest: z.string().optional(),
  /** When this was first recorded, if it was recorded before it was sent. It tells a retry from the next alert of its kind. */
  at: z.iso.datetime().optional(),
});
export type Alert = z.infer<typeof alert>;
