import * as z from 'zod';
import { completeBackup as complete } from '../core/backup/finish.ts';
import { reportCompleted } from '../core/backup/report.ts';
import { run } from '../core/plan.ts';
import { handler } from './handler.ts';

/** CompleteBackup: `{ run }` → where the manifest is */
export const completeBackup = handler(z.strictObject({ run }), async ({ run }, context) => {
  const manifest = await complete(run, context);
  await reportCompleted(manifest, context);
  const { backupId, cluster, state } = manifest;
  return { backupId, cluster, state, manifest: context.ledger.manifestLocation(cluster, backupId) };
});
