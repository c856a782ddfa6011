import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Spawned } from '../support/command.ts';
import { askSearch, isSoon } from './search-acts.ts';
import type { CamundaCluster } from './servers/index.ts';

/** Exporting is paused, and stays so: Zeebe's backup cannot become complete while its store is suspended. */
export async function holdAfterPause(cluster: CamundaCluster, command: Spawned, id: number): Promise<void> {
  await command.printed(/Exporting is paused/);
  cluster.suspend('s3');
  await assertHeld(cluster, id);
}

/** The same, when every partition has begun to write its backup into the store. */
export async function holdInZeebesBackup(
  cluster: CamundaCluster,
  command: Spawned,
  id: number,
): Promise<void> {
  await command.printed(/Zeebe: started/);
  for (;;) {
    await until(command, async () => {
      const begun = Object.keys(await cluster.storedPartitions(id));
      return begun.length === cluster.partitions;
    });
    cluster.suspend('s3');
    // What it was in the middle of is done by then.
    await sleep(50);
    const states = Object.values(await cluster.storedPartitions(id));
    if (!states.includes('half-written')) break;
    // Killed here it would leave half a document, which a real S3 does not; and s3rver lists nothing any more.
    cluster.resume('s3');
    await sleep(1);
  }
  await assertHeld(cluster, id);
}

/** The broker is killed when every partition has begun to write its backup into the store, and not all have completed it. */
export async function killBrokerInItsBackup(
  cluster: CamundaCluster,
  command: Spawned,
  id: number,
): Promise<void> {
  await command.printed(/Zeebe: started/);
  let states: string[] = [];
  await until(command, async () => {
    // Nothing goes on while the test looks into the store, however long that takes on a busy machine.
    cluster.suspend('zeebe');
    states = Object.values(await cluster.storedPartitions(id));
    const hasBegun = states.length === cluster.partitions;
    if (!hasBegun) cluster.resume('zeebe');
    return hasBegun;
  });
  await cluster.kill('zeebe');
  if (states.some((state) => state !== 'completed')) return;
  await cluster.start('zeebe');
  assert.fail('Zeebe’s backup was over before the fault could strike');
}

/** Only a run that has failed may ask for a resume now: a partition's backup at least is not complete. */
async function assertHeld(cluster: CamundaCluster, id: number): Promise<void> {
  try {
    const states = Object.values(await cluster.storedPartitions(id));
    const complete = states.filter((state) => state === 'completed');
    assert.ok(complete.length < cluster.partitions, 'Zeebe’s backup was over before the fault could strike');
    assert.deepEqual(await cluster.exporterPhases(), {
      1: 'SOFT_PAUSED',
      2: 'SOFT_PAUSED',
      3: 'SOFT_PAUSED',
    });
  } catch (error) {
    cluster.resume('s3');
    throw error;
  }
}

/** The engine is killed when the first of the snapshots has begun. `phase`: that of exporting then. */
export async function killSearchInApplicationsBackup(
  cluster: CamundaCluster,
  command: Spawned,
  id: number,
  phase: 'EXPORTING' | 'SOFT_PAUSED',
): Promise<void> {
  await command.printed(/(Operate|Tasklist|Web applications): started/);
  const ofThis = (name: string) => name.includes(String(id));
  await until(command, async () => (await cluster.snapshots()).some(({ name }) => ofThis(name)));
  await cluster.kill('search');
  const stored = (await cluster.storedSnapshots()).filter(ofThis);
  const phases = Object.values(await cluster.exporterPhases());
  const all = Object.values(cluster.partCounts).reduce((sum, count) => sum + count, 0);
  if (stored.length < all && phases.every((one) => one === phase)) return;
  await cluster.start('search');
  assert.fail(
    `The applications’ backup was over before the fault could strike: ${phases}, ${stored.join(', ')}`,
  );
}

/** As OpenSearch leaves one where it had to take a snapshot without a shard: the failure names no node. */
export async function leavePartialSnapshot(cluster: CamundaCluster): Promise<number> {
  const backupId = 1;
  const nowhere = { 'index.routing.allocation.require._name': 'nobody', number_of_replicas: 0 };
  await askSearch(cluster, 'PUT', 'tasklist-lost?wait_for_active_shards=0&timeout=1s', { settings: nowhere });
  const version = cluster.camundaVersion;
  const snapshot = `camunda_tasklist_${backupId}_${version}_part_1_of_6`;
  await askSearch(cluster, 'PUT', `_snapshot/${cluster.repository}/${snapshot}?wait_for_completion=true`, {
    indices: 'tasklist-lost',
    partial: true,
    metadata: { backupId, version, partNo: 1, partCount: 6 },
  });
  await askSearch(cluster, 'DELETE', 'tasklist-lost');
  return backupId;
}

export async function takeApplicationsBackup(cluster: CamundaCluster, backupId: number): Promise<void> {
  for (const { url } of operateAndTasklist(cluster)) {
    const answer = await fetch(`${url}/actuator/backups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ backupId }),
    });
    assert.ok(answer.ok, await answer.text());
    await isSoon(async () => {
      const status = await (await fetch(`${url}/actuator/backups/${backupId}`)).text();
      return /"state" ?: ?"COMPLETED"/.test(status);
    });
  }
}

export async function deleteBackups(cluster: CamundaCluster, ids: number[]): Promise<void> {
  for (const id of ids) {
    for (const { url } of operateAndTasklist(cluster)) {
      const { status } = await fetch(`${url}/actuator/backups/${id}`, { method: 'DELETE' });
      assert.equal(status, 204);
    }
  }
}

/** Up to 8.7. */
function operateAndTasklist({ components }: CamundaCluster): { url: string }[] {
  return ['operate', 'tasklist'].flatMap((name) => components[name] ?? []);
}

async function until(command: Spawned, seen: () => Promise<boolean>): Promise<void> {
  while (!(await seen())) {
    const { exitCode, signalCode } = command.child;
    if (exitCode === null && signalCode === null) await sleep(2);
    else assert.fail(`The command ended too early:\n${(await command.ended).stderr}`);
  }
}
