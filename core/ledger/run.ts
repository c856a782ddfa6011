import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';

/** The run and its backup. Every state of the state machine needs them. */
export const run = z.strictObject({
  cluster: z.string(),
  backupId: madeId,
  /** The id of the execution: an ARN, or `local-…`. The lock contains it. */
  runId: z.string(),
});
export type Run = z.infer<typeof run>;
