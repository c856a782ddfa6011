import type { Manifest } from '../../core/ledger/manifest.ts';
import type { Expectations } from './expectations.ts';
import type { Ended, Run } from './run.ts';
import type { World } from './world.ts';

/**
 * People must be told about every failure at least once, when alerts work again. No alert, monitor or figure may say
 * that a COMPLETED backup failed. Other programs get the same end of a run.
 */
export async function judgeTold(
  world: World,
  { runId, actor }: Run,
  ended: Ended,
  { countsOnce }: Expectations,
): Promise<string[]> {
  const manifests = (await world.manifests()).filter((one) => one.runId === runId);
  const broken = judgeEvents(world, runId, ended, manifests);
  const [manifest] = manifests;
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

/**
 * Other programs get one end of a run, and at least once if they got its beginning, unless its event was broken. A run that
 * died after COMPLETED is not looked at again.
 */
function judgeEvents(world: World, runId: string, ended: Ended, manifests: Manifest[]): string[] {
  const ends = new Map<string, Set<string>>();
  let isStarted = false;
  for (const { type, detail } of world.events) {
    if (!('run' in detail)) continue;
    if (type === 'Backup Started') isStarted ||= detail.run === runId;
    else ends.set(detail.run, (ends.get(detail.run) ?? new Set()).add(type));
  }
  const several = [...ends].filter(([, types]) => types.size > 1);
  if (several.length > 0) {
    return several.map(
      ([one, types]) => `other programs got several ends of ${one}: ${[...types].join(', ')}`,
    );
  }
  const isComplete = manifests.some(({ state }) => state === 'COMPLETED');
  const mayLack = world.outside.struck.has('publish') || (isComplete && ended.status !== 'SUCCEEDED');
  return isStarted && !ends.has(runId) && !mayLack ? ['other programs got no end of the run'] : [];
}
