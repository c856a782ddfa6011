import { checkBackup } from '../../core/backup/component.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { camundaComponent } from '../../core/components/open.ts';
import { camundaTarget } from '../../core/components/target.ts';
import { handler } from '../handler.ts';

/** CheckApplicationBackup, CheckZeebeBackup: `{ run, target, limits, progress }` → the same, with newer progress */
export const checkComponentBackup = handler(runningTask(camundaTarget), async (input, context) => {
  const { run, target, limits, progress: before } = input;
  const { component, expectedSeconds } = target;
  const progress = await checkBackup(
    camundaComponent(target, context),
    component,
    { run, before, limits, expectedSeconds },
    context,
  );
  return { ...input, progress };
});
