import * as z from 'zod';
import { madeId, requestedId } from '../components/backup-id.ts';
import type { Lock } from '../ledger/lock/lock.ts';

/** The input of a backup, from a schedule or from a person. */
export const backupRequest = z.strictObject({
  cluster: z.string(),
  reason: z.string().min(1).max(200).default('manual'),
  backupId: requestedId.optional(),
  /** The moment of a schedule. Each moment makes at most one backup. */
  scheduledTime: z.string().min(1).optional(),
  /** The number of this try, and the failed backup before it. Only the state machine sets them. */
  attempt: z.int().positive().default(1),
  replaces: madeId.optional(),
});
export type BackupRequest = z.infer<typeof backupRequest>;

/** Another run holds the lock, or has made this moment's backup. This is no error, and the run has changed nothing. */
export interface Skipped {
  outcome: 'SKIPPED';
  cluster: string;
  because: string;
  heldBy?: Lock;
}
