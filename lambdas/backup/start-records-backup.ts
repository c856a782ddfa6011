import { startBackup } from '../../core/backup/component.ts';
import { task } from '../../core/backup/plan.ts';
import { describeTarget, withRecords } from '../../core/components/open.ts';
import { recordsTarget } from '../../core/components/target.ts';
import { handler } from '../handler.ts';

/** StartRecordsBackup: `{ run, target, limits }` → the same with `progress` */
export const startRecordsBackup = handler(task(recordsTarget), async (input, context) => {
  const { run, target } = input;
  const progress = await withRecords(target, run.runId, context, (component) =>
    startBackup(component, describeTarget(target), run, target.expectedSeconds, context),
  );
  return { ...input, progress };
});
