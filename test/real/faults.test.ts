import { it, jest } from '@jest/globals';
import { unless } from '../support/unless.ts';
import { killBrokerInItsBackup } from './fault-acts.ts';
import {
  applicationFaults,
  brokerAndStoreFaults,
  faultyRuns,
  searchEngineFaults,
  surroundingsOfFaults,
} from './fault-contract.ts';
import { loadedCluster } from './loaded.ts';
import {
  simulatedClustersAvailable,
  startRealStore,
  startSimulated87,
  startSimulated88,
} from './servers/index.ts';

/**
 * A server dies in the middle of a backup under load. The run may fail, or complete where the servers could go on; either
 * way exporting is resumed, the lock is free, the ledger says nothing that the servers deny, and no instance is lost.
 */
const available = await simulatedClustersAvailable();
const { describe } = unless(available.available ? false : available.reason);

// Each test may take so long.
jest.setTimeout(10 * 60_000);

describe('8.7 on OpenSearch 2.19.1 and s3rver after a fault', () => {
  const { underTest, assertNothingLost } = loadedCluster(
    async () => ({ cluster: await startSimulated87() }),
    surroundingsOfFaults('a second'),
  );
  const runs = faultyRuns(underTest);
  brokerAndStoreFaults(underTest, runs);
  searchEngineFaults(underTest, runs, 'EXPORTING');
  applicationFaults(underTest, runs);

  it('The applications show everything that the load was told, once', assertNothingLost);
});

describe('8.8 on OpenSearch 3.8.0 after a fault, with the ledger in S3', () => {
  const { underTest, assertNothingLost } = loadedCluster(async () => {
    const store = await startRealStore();
    return { store, cluster: await startSimulated88(store) };
  }, surroundingsOfFaults('a second'));
  const runs = faultyRuns(underTest);

  it('A broker that dies during its own backup and comes back at once leaves exporting resumed and the ledger truthful', async () => {
    const { cluster } = underTest();
    const { command, id } = await runs.begin();
    await killBrokerInItsBackup(cluster, command, id);
    await cluster.start('zeebe');
    await runs.assertKept(await command.ended);
  });

  searchEngineFaults(underTest, runs, 'SOFT_PAUSED');

  it('The applications show everything that the load was told, once', assertNothingLost);
});
