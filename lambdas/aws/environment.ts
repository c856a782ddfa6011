import * as z from 'zod';

/**
 * The environment variables of the functions. infra/functions.ts sets them with the type of this schema, so that a
 * missing variable does not compile. They contain no secret.
 */
export const environment = z.object({
  LEDGER_BUCKET: z.string().min(1),
  /** Lambda documents no promise to pass on a variable whose value is empty. */
  LEDGER_PREFIX: z.string().default(''),
  /** The `--stack` in commands that messages tell people to type. */
  STACK_NAME: z.string().min(1),
  /** Only the functions that send alerts have this one. */
  ALERTS_TOPIC_ARN: z.string().optional(),
  /** Only the watchdog has this one. */
  STATE_MACHINE_ARN: z.string().optional(),
  /** The functions that send alerts have this one if the configuration names the URL of the runbook. */
  RUNBOOK_URL: z.string().optional(),
});
export type FunctionEnvironment = z.infer<typeof environment>;
