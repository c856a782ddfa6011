import { type DeployedBackup, deployedCluster } from './deployed-cluster.ts';

/** Runs the first two backups of a cluster with an overridden clock. `durations` are the seconds of each component. */
export async function countTwoBackups(
  durations: Record<string, number>,
): Promise<[DeployedBackup, DeployedBackup]> {
  // These backups are longer than the default limit of a pause.
  await using cluster = await deployedCluster('8.8', { settings: { maxPause: '30h' } });
  return [completed(await cluster.backUp(durations)), completed(await cluster.backUp(durations))];
}

/** Returns the backup. Throws if it is not COMPLETED. */
export function completed(backup: DeployedBackup): DeployedBackup {
  if (backup.outcome.status === 'SUCCEEDED') return backup;
  throw new Error(`The measured backup did not succeed: ${JSON.stringify(backup.outcome)}`);
}
