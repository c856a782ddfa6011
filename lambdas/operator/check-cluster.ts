import * as z from 'zod';
import { checkCluster } from '../../core/doctor/check-cluster.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** CheckCluster, which a person calls: `{ cluster }` → `{ cluster, findings, addresses }`. */
export const work = handler(z.object({ cluster: z.string() }), ({ cluster }, context) =>
  checkCluster(cluster, context),
);

export const definition: FunctionDefinition = {
  file: 'operator/check-cluster.ts',
  description: 'Checks for a person whether the cluster can be backed up, and changes nothing',
  // It looks as PrepareBackup does.
  timeoutSeconds: 170,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration', 'listOfBackups'],
  ledger: { read: ['lock', 'manifest'], write: [] },
};
