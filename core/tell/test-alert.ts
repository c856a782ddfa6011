import * as z from 'zod';
import type { Context } from '../context.ts';
import { describe, isBackupError } from '../errors.ts';

/** What the command asks of the watchdog. Fields of a newer version are ignored. */
export const testAlertRequest = z.object({
  /** The person and the machine that asked for it. */
  by: z.string(),
  /** The cluster that the alert names; all of them if it is omitted. */
  cluster: z.string().optional(),
});

/** `failure` is set if the alert was not sent. */
export const testAlertAnswer = z.object({
  testAlert: z.object({
    failure: z.object({ error: z.string(), message: z.string(), remedy: z.string().optional() }).optional(),
  }),
});
export type TestAlertAnswer = z.infer<typeof testAlertAnswer>;

/**
 * Sends an alert that says that it is only a test. An alert that cannot be sent is an answer and no error, because an
 * error of the watchdog would page people.
 */
export async function sendTestAlert(
  { by, cluster }: z.infer<typeof testAlertRequest>,
  { config, tell }: Pick<Context, 'config' | 'tell'>,
): Promise<TestAlertAnswer> {
  try {
    await tell({
      kind: 'testAlert',
      severity: 'WARNING',
      cluster: cluster ?? Object.keys((await config()).clusters).join(', '),
      reason: `Nothing is wrong: ${by} has asked for this alert to see whether it arrives`,
    });
    return { testAlert: {} };
  } catch (error) {
    const remedy = isBackupError(error) ? error.remedy : undefined;
    return {
      testAlert: {
        failure: {
          error: error instanceof Error ? error.name : 'Error',
          message: describe(error),
          ...(remedy ? { remedy } : {}),
        },
      },
    };
  }
}
