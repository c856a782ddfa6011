import { z } from 'zod';
import { completeBackup as complete } from '../core/backup/finish.ts';
import { run } from '../core/plan.ts';
import { handler } from './handler.ts';

/** CompleteBackup: `{ run }` → where the manifest is */
export const completeBackup = handler(z.strictObject({ run }), async ({ run }, context) => {
  const { backupId, cluster, state } = await complete(run, context);
  return { backupId, cluster, state, manifest: context.ledger.manifestLocation(cluster, backupId) };
});
