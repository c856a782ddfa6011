import * as z from 'zod';
import { deleteFailedBackup as deleteFailed } from '../core/backup/delete-failed.ts';
import { camundaTarget, recordsTarget, run } from '../core/plan.ts';
import { handler } from './handler.ts';

/** DeleteFailedBackup: `{ run, targets }` → `{ deleted: [component, …] }` */
export const deleteFailedBackup = handler(
  z.strictObject({ run, targets: z.array(z.union([camundaTarget, recordsTarget])) }),
  ({ run, targets }, context) => deleteFailed(run, targets, context),
);
