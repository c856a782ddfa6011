import { startBackup } from '../core/backup/component.ts';
import { describeTarget, withRecords } from '../core/backup/targets.ts';
import { recordsTarget, task } from '../core/plan.ts';
import { handler } from './handler.ts';

/** StartRecordsBackup: `{ run, target, limits }` → the same with `progress` */
export const startRecordsBackup = handler(task(recordsTarget), async (input, context) => {
  const { run, target } = input;
  const progress = await withRecords(target, run.runId, context, (component) =>
    startBackup(component, describeTarget(target), run, target.expectedSeconds, context),
  );
  return { ...input, progress };
});
