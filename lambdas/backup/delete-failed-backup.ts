import * as z from 'zod';
import { target } from '../../core/components/target.ts';
import { deleteFailedBackup as deleteFailed } from '../../core/delete/failed.ts';
import { run } from '../../core/ledger/run.ts';
import { handler } from '../handler.ts';

/** DeleteFailedBackup: `{ run, targets }` → `{ deleted: [component, …] }` */
export const deleteFailedBackup = handler(
  z.strictObject({ run, targets: z.array(target) }),
  ({ run, targets }, context) => deleteFailed(run, targets, context),
);
