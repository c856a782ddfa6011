import { checkBackup } from '../../core/backup/component.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { withRecords } from '../../core/components/open.ts';
import { recordsTarget } from '../../core/components/target.ts';
import { handler } from '../handler.ts';

/** CheckRecordsBackup: `{ run, target, limits, progress }` → the same, with newer progress */
export const checkRecordsBackup = handler(runningTask(recordsTarget), async (input, context) => {
  const { run, target, limits, progress: before } = input;
  const { component, expectedSeconds } = target;
  const progress = await withRecords(target, run.runId, context, (records) =>
    checkBackup(records, component, { run, before, limits, expectedSeconds }, context),
  );
  return { ...input, progress };
});
