import { it, jest } from '@jest/globals';
import { unless } from '../support/unless.ts';
import { backupContract } from './backup-contract.ts';
import { loadedCluster } from './loaded.ts';
import {
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
  const { underTest, assertNothingLost } = loadedCluster(async () => ({ cluster: await startSimulated87() }));

  backupContract(underTest, {
    components: ['operate 6', 'tasklist 6', 'optimize 2', 'records 1', 'zeebe 3'],
    names: ['Operate', 'Tasklist', 'Optimize'],
  });

  it('The applications show everything that the load was told, once', assertNothingLost);
});

describe('8.8 on OpenSearch 3.8.0 with its snapshots, Zeebe’s backups and the ledger in S3', () => {
  const { underTest, assertNothingLost } = loadedCluster(async () => {
    const store = await startRealStore();
    return { store, cluster: await startSimulated88(store) };
  });

  backupContract(underTest, {
    components: ['webApplications 5', 'optimize 2', 'records 1', 'zeebe 3'],
    names: ['Web applications', 'Optimize'],
  });

  it('The applications show everything that the load was told, once', assertNothingLost);
});
