import * as z from 'zod';
import { prepareBackup } from '../../core/backup/prepare.ts';
import { backupRequest } from '../../core/backup/request.ts';
import { publish } from '../../core/tell/events.ts';
import { reportStarted } from '../../core/tell/report.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** PrepareBackup: `{ request, runId }` → the plan, or `{ outcome: SKIPPED }` if another run holds the lock. */
export const work = handler(
  z.strictObject({ request: backupRequest, runId: z.string() }),
  async ({ request, runId }, context) => {
    const prepared = await prepareBackup(request, runId, context);
    if (prepared.outcome === 'PLANNED') {
      await reportStarted({ ...prepared, replaces: request.replaces }, context);
    } else {
      const { cluster, because: cause } = prepared;
      const detail = { cluster, run: runId, reason: request.reason, cause };
      await publish({ type: 'Backup Skipped', detail }, context);
    }
    return prepared;
  },
  { strictly: 'request' },
);

export const definition: FunctionDefinition = {
  file: 'backup/prepare-backup.ts',
  description:
    'Takes the lock, checks that the cluster can be backed up, chooses the id and writes the manifest',
  // It makes a few rounds of concurrent calls, each of up to 30 s, and lists the backup stores, which is slow.
  timeoutSeconds: 170,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration', 'listOfBackups', 'events'],
  ledger: {
    read: ['lock', 'manifest', 'restoreFacts'],
    write: ['lock', 'manifest', 'restoreFacts', 'unordered'],
  },
};
