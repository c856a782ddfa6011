import * as z from 'zod';

/**
 * The environment of the functions, as infra/functions.ts sets it: from this schema its type, so that a missing
 * variable does not compile. No secret in it.
 */
export const environment = z.object({
  LEDGER_BUCKET: z.string().min(1),
  LEDGER_PREFIX: z.string(),
  /** What people are told to type: `--stack`, and `-f` where the stack was made of another file than the usual one. */
  STACK_NAME: z.string().min(1),
  CONFIG_FILE: z.string().optional(),
  /** Of the functions that tell people. */
  ALERTS_TOPIC_ARN: z.string().optional(),
  /** Of the same functions, where the configuration says where the runbook can be read. */
  RUNBOOK_URL: z.string().optional(),
});
export type FunctionEnvironment = z.infer<typeof environment>;
