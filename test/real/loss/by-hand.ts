import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ask, until } from './calls.ts';
import type { CaseCluster } from './cluster.ts';
import type { Numbers } from './numbers.ts';
import type { Line, Step } from './orders.ts';

const backup = z.object({ state: z.string() });
const snapshots = z.object({
  snapshots: z.array(z.object({ snapshot: z.string(), indices: z.array(z.string()) })),
});

/** Does the steps one after another by the calls of Camunda's documentation, as a bash loop would. */
export async function backUpByHand(
  cluster: CaseCluster,
  steps: Step[],
  backupId: number,
  { beforeStepsMs, lostPart }: Numbers,
  before: (step: Step) => void,
): Promise<void> {
  const zeebe = cluster.url('zeebe');
  const act: Record<Step, () => Promise<unknown>> = {
    pause: () => ask(`${zeebe}/actuator/exporting/pause?soft=true`, 'POST', z.unknown()),
    resume: () => ask(`${zeebe}/actuator/exporting/resume`, 'POST', z.unknown()),
    zeebe: () => take(zeebeBackups(cluster), backupId),
    applications: () => Promise.all(applicationBackups(cluster).map((url) => take(url, backupId))),
    records: () => takeRecords(cluster, backupId),
    losePart: () => losePart(cluster, lostPart),
  };
  for (const [index, step] of steps.entries()) {
    await sleep(beforeStepsMs[index]);
    before(step);
    await act[step]();
  }
}

const runtimeEndpoint: Record<Line, string> = { '8.7': 'backups', '8.8': 'backupRuntime' };

const zeebeBackups = (cluster: CaseCluster): string =>
  `${cluster.url('zeebe')}/actuator/${runtimeEndpoint[cluster.line]}`;

const applicationBackups = (cluster: CaseCluster): string[] =>
  cluster.applications.map(
    (name) => `${cluster.url(name)}/actuator/${name === 'webApplications' ? 'backupHistory' : 'backups'}`,
  );

async function take(url: string, backupId: number): Promise<void> {
  await ask(url, 'POST', z.unknown(), { backupId });
  await until(`the backup at ${url} is complete`, async () => {
    const answer = await fetch(`${url}/${backupId}`);
    // Between the acceptance and its first part, a backup is not known yet.
    return answer.ok && backup.parse(await answer.json()).state === 'COMPLETED';
  });
}

async function takeRecords(cluster: CaseCluster, backupId: number): Promise<void> {
  const path = `_snapshot/${cluster.name}/camunda_zeebe_records_backup_${backupId}?wait_for_completion=true`;
  const body = { indices: `${cluster.name}-zeebe-record*`, include_global_state: true };
  const { snapshot } = await cluster.ask('PUT', path, z.object({ snapshot: backup }), body);
  if (snapshot.state !== 'SUCCESS') throw new Error(`The records are ${snapshot.state}`);
}

/** Deletes one part of an application's backup, without telling anybody. */
async function losePart(cluster: CaseCluster, share: number): Promise<void> {
  const found = await cluster.ask('GET', `_snapshot/${cluster.name}/_all`, snapshots);
  const parts = found.snapshots
    .filter(({ snapshot, indices }) => snapshot.includes('_part_') && indices.length > 0)
    .map(({ snapshot }) => snapshot);
  const lost = parts.sort()[Math.floor(share * parts.length)];
  if (lost === undefined) throw new Error('There is no part that could be lost');
  await cluster.ask('DELETE', `_snapshot/${cluster.name}/${lost}`, z.unknown());
}
