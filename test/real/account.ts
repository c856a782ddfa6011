/** What the servers say themselves, beside what camunda-backup says of them. */
import assert from 'node:assert/strict';
import * as z from 'zod';
import type { Manifest } from '../../core/ledger/manifest.ts';
import type { CamundaCluster } from './servers/index.ts';

export async function assertExporting(cluster: CamundaCluster): Promise<void> {
  assert.deepEqual(await cluster.exporterPhases(), { 1: 'EXPORTING', 2: 'EXPORTING', 3: 'EXPORTING' });
}

/** Every snapshot of the id exists and is SUCCESS; Zeebe's backup is COMPLETED on all partitions. */
export async function assertComplete(cluster: CamundaCluster, backupId: number): Promise<void> {
  const ofThis = (await cluster.snapshots()).filter(({ name }) => name.includes(String(backupId)));
  const parts = Object.values(cluster.partCounts).reduce((sum, count) => sum + count, 0);
  assert.equal(ofThis.length, parts + 1, JSON.stringify(ofThis));
  assert.deepEqual(new Set(ofThis.map(({ state }) => state)), new Set(['SUCCESS']));
  await assertZeebeComplete(cluster, backupId);
}

const brokersAnswer = z.object({
  state: z.string(),
  details: z.array(z.object({ partitionId: z.number(), state: z.string() })),
});

async function assertZeebeComplete(cluster: CamundaCluster, backupId: number): Promise<void> {
  const zeebe = brokersAnswer.parse(await cluster.zeebeBackup(backupId));
  assert.equal(zeebe.state, 'COMPLETED');
  assert.deepEqual(zeebe.details.map(({ partitionId, state }) => `${partitionId} ${state}`).sort(), [
    '1 COMPLETED',
    '2 COMPLETED',
    '3 COMPLETED',
  ]);
}

/** What a manifest calls COMPLETED, a component or the whole, is complete in the servers. */
export async function assertTruthful(cluster: CamundaCluster, manifest: Manifest): Promise<void> {
  if (manifest.state === 'COMPLETED') await assertComplete(cluster, manifest.backupId);
  const there = await cluster.snapshots();
  for (const { component, state, parts = [] } of manifest.components) {
    if (state !== 'COMPLETED') continue;
    assert.ok(parts.length > 0, `${component} is COMPLETED without parts`);
    if (component === 'zeebe') await assertZeebeComplete(cluster, manifest.backupId);
    else {
      for (const { name } of parts)
        assert.equal(there.find((one) => one.name === name)?.state, 'SUCCESS', name);
    }
  }
}
