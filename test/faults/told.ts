import type { Expectations } from './expectations.ts';
import type { Ended, Run } from './run.ts';
import type { World } from './world.ts';

/**
 * People must be told about every failure at least once, when alerts work again. No alert, monitor or figure may say
 * that a COMPLETED backup failed.
 */
export async function judgeTold(
  world: World,
  { runId, actor }: Run,
  ended: Ended,
  { countsOnce }: Expectations,
): Promise<string[]> {
  const broken: string[] = [];
  const manifest = (await world.manifests()).find((one) => one.runId === runId);
  // Alerts are found by the run and not by the id, because a run that died before its manifest may have used the same
  // id.
  const told = world.alerts.filter(
    ({ kind, execution }) => kind !== 'backupCompleted' && execution?.endsWith(`/${runId}`),
  );
  const failures = actor.figures.filter(({ name, value }) => name === 'BackupFailed' && value > 0).length;
  if (manifest?.state === 'COMPLETED') {
    if (told.some(({ kind }) => kind === 'backupFailed' || kind === 'runAbandoned')) {
      broken.push('people were told that a backup failed which is COMPLETED');
    }
    if (actor.pings.includes('fail')) broken.push('the monitor was told that a COMPLETED backup failed');
    if (failures > 0) broken.push('a COMPLETED backup is counted as failed');
    return broken;
  }
  const hasFailed = ended.status === 'FAILED' || manifest?.state === 'FAILED';
  if (hasFailed && told.length === 0) broken.push('nobody was told that the run failed');
  // The failure of a first try gets no alert, because its manifest names it.
  if (countsOnce && ended.status === 'FAILED' && failures !== 1) {
    broken.push(`the failure is counted ${failures} times`);
  }
  return broken;
}
