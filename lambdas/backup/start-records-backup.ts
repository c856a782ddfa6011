import { task } from '../../core/backup/plan.ts';
import { countingShards } from '../../core/backup/shard-counts.ts';
import { startBackup } from '../../core/backup/start.ts';
import { openComponent } from '../../core/components/open.ts';
import { targetIn } from '../../core/components/target.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** StartRecordsBackup: `{ run, target, limits }` → the same with `progress`. */
export const work = handler(task(targetIn('records')), async (input, context) => {
  await using opened = await openComponent(input.target, context);
  await using component = await countingShards(opened, input, context);
  return { ...input, progress: await startBackup(component, input, context) };
});

export const definition: FunctionDefinition = {
  file: 'backup/start-records-backup.ts',
  description: 'Starts the snapshot of the exported records, once',
  timeoutSeconds: 120,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration'],
  ledger: { read: ['lock', 'entry', 'snapshots'], write: ['entry', 'snapshots'] },
};
