import { checkBackup } from '../../core/backup/check.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { countingShards } from '../../core/backup/shard-counts.ts';
import { openComponent } from '../../core/components/open.ts';
import { targetIn } from '../../core/components/target.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** CheckRecordsBackup: `{ run, target, limits, progress }` → the same with newer progress. */
export const work = handler(runningTask(targetIn('records')), async (input, context) => {
  const { partsDone } = input.progress;
  await using opened = await openComponent(input.target, context);
  await using component = await countingShards(opened, { ...input, partsDone }, context);
  return { ...input, progress: await checkBackup(component, input, context) };
});

export const definition: FunctionDefinition = {
  file: 'backup/check-records-backup.ts',
  description: 'Checks the snapshot of the exported records',
  timeoutSeconds: 80,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration'],
  ledger: { read: ['lock', 'entry', 'snapshots'], write: ['entry', 'snapshots'] },
};
