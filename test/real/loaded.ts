import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from '../../simulator/load/load.ts';
import type { SimulatedCluster } from './servers/index.ts';

const patienceMs = 60_000;

/** Of a load that was stopped: nothing that it was told is lost or doubled in the engine and in the applications. */
export async function assertNothingLost(cluster: SimulatedCluster, load: Load): Promise<void> {
  const known = await cluster.engineInstances();
  const told = [...load.accepted()].map(([order, key]) => `${order} ${key}`);
  const ofLoad = known.map(({ order, key }) => `${order} ${key}`);
  assert.ok(told.length > 0, 'the load has created nothing');
  assert.deepEqual(
    told.filter((one) => !ofLoad.includes(one)),
    [],
    'accepted and not in the engine',
  );
  const engine = known.map(({ key, state }) => `${key} ${state}`).sort();
  for (const application of cluster.applications) {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const shown = (await cluster.shownInstances(application)).map(({ key, state }) => `${key} ${state}`);
      if (shown.toSorted().join() === engine.join()) break;
      assert.ok(
        Date.now() < deadline,
        `${application} shows ${shown.length} instances, the engine ${engine.length}`,
      );
      await sleep(200);
    }
  }
}
