import { checkBackup } from '../../core/backup/check.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { openComponent } from '../../core/components/open.ts';
import { target } from '../../core/components/target.ts';
import { handler } from '../handler.ts';

/** CheckApplicationBackup, CheckZeebeBackup: `{ run, target, limits, progress }` → the same, with newer progress */
export const checkComponentBackup = handler(runningTask(target), async (input, context) => {
  await using component = await openComponent(input.target, context);
  return { ...input, progress: await checkBackup(component, input, context) };
});
