import { z } from 'zod';
import { backupRequest, prepareBackup as prepare } from '../core/backup/prepare.ts';
import { handler } from './handler.ts';

/** PrepareBackup: `{ request, runId }` → the plan, or `{ outcome: SKIPPED }` when another run holds the lock. */
export const prepareBackup = handler(
  z.strictObject({ request: backupRequest, runId: z.string() }),
  ({ request, runId }, context) => prepare(request, runId, context),
);
