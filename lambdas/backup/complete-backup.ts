import * as z from 'zod';
import { completeBackup } from '../../core/backup/complete.ts';
import type { Context } from '../../core/context.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { run } from '../../core/ledger/run.ts';
import { reportCompleted } from '../../core/tell/report.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** CompleteBackup: `{ run }` → the state, and the location of the manifest. */
export const work = handler(z.strictObject({ run }), async ({ run }, context) => {
  const manifest = await completeBackup(run, context);
  await reportCompleted(manifest, context);
  return answerOf(manifest, context);
});

/** The output of an execution whose backup is complete. */
export function answerOf({ backupId, cluster, state }: Manifest, { ledger }: Pick<Context, 'ledger'>) {
  return { backupId, cluster, state, manifest: ledger.manifestLocation(cluster, backupId) };
}

export const definition: FunctionDefinition = {
  file: 'backup/complete-backup.ts',
  description: 'Writes the COMPLETED manifest and releases the lock',
  timeoutSeconds: 80,
  memoryMegabytes: smallMemory,
  needs: ['configuration', 'alerts', 'events'],
  ledger: { read: ['lock', 'manifest', 'entry', 'restoreFacts'], write: ['lock', 'manifest'] },
};
