import { checkBackup } from '../core/backup/component.ts';
import { camundaComponent } from '../core/backup/targets.ts';
import { camundaTarget, runningTask } from '../core/plan.ts';
import { handler } from './handler.ts';

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
