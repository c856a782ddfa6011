import { checkBackup } from '../../core/backup/check.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { countingShards } from '../../core/backup/shard-counts.ts';
import { openComponent } from '../../core/components/open.ts';
import { target } from '../../core/components/target.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** CheckApplicationBackup, CheckZeebeBackup: `{ run, target, limits, progress }` → the same with newer progress. */
export const work = handler(runningTask(target), async (input, context) => {
  const { partsDone } = input.progress;
  await using opened = await openComponent(input.target, context);
  await using component = await countingShards(opened, { ...input, partsDone }, context);
  return { ...input, progress: await checkBackup(component, input, context) };
});

export const definition: FunctionDefinition = {
  file: 'backup/check-component-backup.ts',
  description: 'Checks the backup of one component',
  // It checks the backup and, once Zeebe's is complete, reads the exporting phases. Each call may take 30 s.
  timeoutSeconds: 80,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration'],
  ledger: { read: ['lock', 'entry', 'snapshots'], write: ['lock', 'entry', 'snapshots'] },
};
