import * as z from 'zod';
import { prepareBackup as prepare } from '../../core/backup/prepare.ts';
import { backupRequest } from '../../core/backup/request.ts';
import { reportStarted } from '../../core/tell/report.ts';
import { handler } from '../handler.ts';

/** PrepareBackup: `{ request, runId }` → the plan, or `{ outcome: SKIPPED }` when another run holds the lock. */
export const prepareBackup = handler(
  z.strictObject({ request: backupRequest, runId: z.string() }),
  async ({ request, runId }, context) => {
    const prepared = await prepare(request, runId, context);
    if (prepared.outcome === 'PLANNED') await reportStarted(request.cluster, context);
    return prepared;
  },
);
