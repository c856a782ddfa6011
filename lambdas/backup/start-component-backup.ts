import { task } from '../../core/backup/plan.ts';
import { startBackup } from '../../core/backup/start.ts';
import { openComponent } from '../../core/components/open.ts';
import { target } from '../../core/components/target.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** StartApplicationBackup, StartZeebeBackup: `{ run, target, limits }` → the same with `progress` */
export const work = handler(task(target), async (input, context) => {
  await using component = await openComponent(input.target, context);
  return { ...input, progress: await startBackup(component, input, context) };
});

export const definition: FunctionDefinition = {
  file: 'backup/start-component-backup.ts',
  description: 'Starts the backup of one component, once',
  // Look and start: 30 s each.
  timeoutSeconds: 120,
  memoryMegabytes: smallMemory,
  needs: ['cluster', 'secrets'],
  ledger: { read: ['lock', 'entry'], write: ['entry'] },
};
