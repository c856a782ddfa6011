import { afterAll, beforeAll, it, jest } from '@jest/globals';
import { type Load, startLoad } from '../../simulator/load/load.ts';
import { unless } from '../support/unless.ts';
import { backupContract, type Expected } from './backup-contract.ts';
import { type Configured, configure } from './configured.ts';
import { assertNothingLost } from './loaded.ts';
import {
  type RealStore,
  type SimulatedCluster,
  simulatedClustersAvailable,
  startRealStore,
  startSimulated87,
  startSimulated88,
} from './servers/index.ts';

/**
 * Backups of the simulator's Camunda on real search engines and stores, taken by the command line under load and judged
 * by the servers' own answers.
 */
const available = await simulatedClustersAvailable();
const { describe } = unless(available.available ? false : available.reason);

// Each test may take so long.
jest.setTimeout(5 * 60_000);

describe('8.7 on OpenSearch 2.19.1 and s3rver', () => {
  underLoad(async () => ({ cluster: await startSimulated87() }), {
    components: ['operate 6', 'tasklist 6', 'optimize 2', 'records 1', 'zeebe 3'],
    names: ['Operate', 'Tasklist', 'Optimize'],
  });
});

describe('8.8 on OpenSearch 3.8.0 with its snapshots, Zeebe’s backups and the ledger in S3', () => {
  const start = async () => {
    const store = await startRealStore();
    return { store, cluster: await startSimulated88(store) };
  };
  underLoad(start, {
    components: ['webApplications 5', 'optimize 2', 'records 1', 'zeebe 3'],
    names: ['Web applications', 'Optimize'],
  });
});

function underLoad(
  start: () => Promise<{ cluster: SimulatedCluster; store?: RealStore }>,
  expected: Expected,
): void {
  let started: Awaited<ReturnType<typeof start>>;
  let configured: Configured;
  let load: Load;

  beforeAll(async () => {
    started = await start();
    const { cluster, store } = started;
    configured = await configure(cluster, store ? { store } : {});
    load = startLoad({ url: cluster.urls.zeebeRest, rate: 5 });
    await cluster.waitUntilExported(20, 60_000);
  });

  afterAll(async () => {
    await load?.stop();
    await started?.cluster.close();
    await started?.store?.close();
    await configured?.remove();
  });

  backupContract(() => ({ cluster: started.cluster, configured }), expected);

  it('The applications show everything that the load was told, once', async () => {
    await load.stop();
    await assertNothingLost(started.cluster, load);
  });
}
