import * as z from 'zod';
import type { CaseCluster } from './cluster.ts';

const snapshots = z.object({
  snapshots: z.array(z.object({ snapshot: z.string(), state: z.string(), indices: z.array(z.string()) })),
});
const restored = z.object({
  snapshot: z.object({
    indices: z.array(z.string()),
    shards: z.object({ total: z.number(), failed: z.number(), successful: z.number() }),
  }),
});

/**
 * Destroys the cluster and restores it by the calls of Camunda's documentation: every snapshot of the backup by its name,
 * then Zeebe's partitions into an empty directory. What is found of the backup is restored, and nothing asks whether it
 * is all: that is what somebody does who believes that the backup is complete.
 */
export async function destroyAndRestore(cluster: CaseCluster, backupId: number): Promise<void> {
  await cluster.destroy();
  const found = await cluster.ask('GET', `_snapshot/${cluster.name}/_all`, snapshots);
  for (const { snapshot, indices } of found.snapshots.filter((one) => isOf(one.snapshot, backupId))) {
    // A snapshot without indices would be restored with the status 200 as well.
    if (indices.length === 0) continue;
    const path = `_snapshot/${cluster.name}/${snapshot}/_restore?wait_for_completion=true`;
    const answer = await cluster.ask('POST', path, restored, { indices: '*', include_global_state: false });
    const { shards, indices: names } = answer.snapshot;
    // The status is also 200 if shards failed, and if the list of indices fits none.
    if (shards.failed > 0 || names.length !== indices.length) {
      throw new Error(`${snapshot} was not restored as a whole: ${JSON.stringify(answer.snapshot)}`);
    }
  }
  await cluster.restoreZeebe(backupId);
  await cluster.start();
}

const isOf = (snapshot: string, backupId: number): boolean => snapshot.split('_').includes(String(backupId));
