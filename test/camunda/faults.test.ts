import { afterAll, beforeAll, jest } from '@jest/globals';
import { type Configured, configure } from '../real/configured.ts';
import {
  applicationFaults,
  brokerAndStoreFaults,
  faultyRuns,
  searchEngineFaults,
  surroundingsOfFaults,
} from '../real/fault-contract.ts';
import { type RealCluster, realServersAvailable, startRealCluster } from '../real/servers/index.ts';
import { unless } from '../support/unless.ts';

/**
 * A server of a real Camunda 8.6 dies in the middle of a backup, where CAMUNDA_HOME names a distribution. The run may
 * fail, or complete where the servers could go on; either way exporting is resumed, the lock is free, and the ledger
 * says nothing that the servers deny.
 */
const available = await realServersAvailable();
const skip = available.available ? false : available.reason;

// A resume that never works is repeated for 46 minutes, which nobody is to wait for.
const timeout = 30 * 60_000;

// Each test may take so long.
jest.setTimeout(timeout);

unless(skip).describe('a real cluster after a fault', () => {
  let cluster: RealCluster;
  let configured: Configured;

  beforeAll(async () => {
    cluster = await startRealCluster({ partitions: 3 });
    await cluster.deploy();
    await cluster.startInstances(20);
    await cluster.waitUntilExported(20, 60_000);
    configured = await configure(cluster, surroundingsOfFaults('seconds'));
  });

  afterAll(async () => {
    await cluster?.close();
    await configured?.remove();
  });

  const underTest = () => ({ cluster, configured });
  const runs = faultyRuns(underTest);
  brokerAndStoreFaults(underTest, runs);
  searchEngineFaults(underTest, runs, 'EXPORTING');
  applicationFaults(underTest, runs);
});
