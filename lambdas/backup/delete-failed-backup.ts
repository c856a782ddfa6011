import * as z from 'zod';
import { target } from '../../core/components/target.ts';
import { deleteFailedBackup } from '../../core/delete/failed.ts';
import { run } from '../../core/ledger/run.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** DeleteFailedBackup: `{ run, targets }` → `{ deleted: [component, …] }`. */
export const work = handler(z.strictObject({ run, targets: z.array(target) }), ({ run, targets }, context) =>
  deleteFailedBackup(run, targets, context),
);

export const definition: FunctionDefinition = {
  file: 'backup/delete-failed-backup.ts',
  description: 'Deletes the parts of a failed backup from the components before the next attempt',
  timeoutSeconds: 170,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search'],
  ledger: { read: ['lock', 'manifest', 'entry', 'use'], write: [] },
};
