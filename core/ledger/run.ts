import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';

/** Which backup of which run: what every state needs. */
export const run = z.strictObject({
  cluster: z.string(),
  backupId: madeId,
  /** The execution: an ARN, or `local-…`. The lock names it as its owner. */
  runId: z.string(),
});
export type Run = z.infer<typeof run>;
