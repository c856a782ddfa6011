import * as z from 'zod';
import { madeId, requestedId } from '../components/backup-id.ts';
import type { Lock } from '../ledger/lock/lock.ts';

/** What starts a backup: a schedule, or a person. */
export const backupRequest = z.strictObject({
  cluster: z.string(),
  reason: z.string().min(1).max(200).default('manual'),
  backupId: requestedId.optional(),
  /** The moment of a schedule: one moment makes one backup. */
  scheduledTime: z.string().min(1).optional(),
  /** Which try of the run this is, and the failed backup before it: the state machine says so, people do not. */
  attempt: z.int().positive().default(1),
  replaces: madeId.optional(),
});
export type BackupRequest = z.infer<typeof backupRequest>;

/** Another run holds the lock, or has made this moment's backup: no error, and nothing was done. */
export interface Skipped {
  outcome: 'SKIPPED';
  cluster: string;
  because: string;
  heldBy?: Lock;
}
