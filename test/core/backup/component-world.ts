import { startBackup } from '../../../core/backup/start.ts';
import { BackupError } from '../../../core/errors.ts';
import { type TestContext, testContext } from '../fakes.ts';
import { type fakeComponent, holdLock, limits, operate, run } from './world.ts';

export async function setUp() {
  const context = testContext();
  await holdLock(context);
  return context;
}

export const start = (context: TestContext, { component }: ReturnType<typeof fakeComponent>) =>
  startBackup(component, { run, target: operate, limits }, context);

export const entryIn = (context: TestContext) => context.ledger.readEntry('production', 7, 'operate');

export const busy = new BackupError('ComponentBusy', 'Another backup is running at the moment', {
  status: 400,
});
export const unreachable = new BackupError('Unreachable', 'POST … failed: no answer within 30 s');
