import { task } from '../../core/backup/plan.ts';
import { startBackup } from '../../core/backup/start.ts';
import { openComponent } from '../../core/components/open.ts';
import { target } from '../../core/components/target.ts';
import { handler } from '../handler.ts';

/** StartApplicationBackup, StartZeebeBackup: `{ run, target, limits }` → the same with `progress` */
export const startComponentBackup = handler(task(target), async (input, context) => {
  await using component = await openComponent(input.target, context);
  const { expectedSeconds } = input.target;
  return { ...input, progress: await startBackup(component, input.run, expectedSeconds, context) };
});
