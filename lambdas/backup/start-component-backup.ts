import { startBackup } from '../../core/backup/component.ts';
import { task } from '../../core/backup/plan.ts';
import { camundaComponent, describeTarget } from '../../core/components/open.ts';
import { camundaTarget } from '../../core/components/target.ts';
import { handler } from '../handler.ts';

/** StartApplicationBackup, StartZeebeBackup: `{ run, target, limits }` → the same with `progress` */
export const startComponentBackup = handler(task(camundaTarget), async (input, context) => {
  const { run, target } = input;
  const component = camundaComponent(target, context);
  const progress = await startBackup(component, describeTarget(target), run, target.expectedSeconds, context);
  return { ...input, progress };
});
