import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import { type Load, startLoad } from '../../simulator/load/load.ts';
import { type Configured, configure, type Surroundings } from './configured.ts';
import type { RealStore, SimulatedCluster } from './servers/index.ts';

const patienceMs = 60_000;

/** Of a load that was stopped. */
async function assertShown(cluster: SimulatedCluster, load: Load): Promise<void> {
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

/** A cluster with a configuration and a load that goes on for all tests of a `describe`. */
export function loadedCluster(
  start: () => Promise<{ cluster: SimulatedCluster; store?: RealStore }>,
  surroundings: Omit<Surroundings, 'store'> = {},
) {
  let started: Awaited<ReturnType<typeof start>>;
  let configured: Configured;
  let load: Load;

  beforeAll(async () => {
    started = await start();
    const { cluster, store } = started;
    configured = await configure(cluster, { ...surroundings, ...(store && { store }) });
    load = startLoad({ url: cluster.urls.zeebeRest, rate: 2 });
    await cluster.waitUntilExported(20, 60_000);
  });

  afterAll(async () => {
    await load?.stop();
    await started?.cluster.close();
    await started?.store?.close();
    await configured?.remove();
  });

  return {
    underTest: () => ({ cluster: started.cluster, configured }),
    /** Nothing that the load was told is lost or doubled in the engine and in the applications. */
    async assertNothingLost() {
      await load.stop();
      await assertShown(started.cluster, load);
    },
  };
}
