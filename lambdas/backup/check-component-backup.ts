import { checkBackup } from '../../core/backup/check.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { openComponent } from '../../core/components/open.ts';
import { target } from '../../core/components/target.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** CheckApplicationBackup, CheckZeebeBackup: `{ run, target, limits, progress }` → the same, with newer progress */
export const work = handler(runningTask(target), async (input, context) => {
  await using component = await openComponent(input.target, context);
  return { ...input, progress: await checkBackup(component, input, context) };
});

export const definition: FunctionDefinition = {
  file: 'backup/check-component-backup.ts',
  description: 'Looks at the backup of one component',
  // Look at the backup and, where Zeebe's is complete, read the phases: 30 s each.
  timeoutSeconds: 80,
  memoryMegabytes: smallMemory,
  needs: ['cluster', 'secrets'],
  ledger: { read: ['lock', 'entry'], write: ['lock', 'entry'] },
};
