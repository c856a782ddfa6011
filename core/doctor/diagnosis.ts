import * as z from 'zod';
import { finding } from '../ledger/finding.ts';

/**
 * One observation of the doctor. It is not a finding of a backup: PrepareBackup does not know it and never refuses a
 * backup because of it.
 */
export const diagnosis = z.object({
  ...finding.shape,
  /**
   * `error`: backups fail, or cannot be restored, until somebody changes this. `warning`: a person should look at this.
   * `unknown`: this could not be seen. `ok`: this was looked at and is right.
   */
  severity: z.enum(['ok', 'warning', 'error', 'unknown']),
});
export type Diagnosis = z.infer<typeof diagnosis>;
