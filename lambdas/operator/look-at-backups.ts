import { inventoryRequest, lookAtInventory } from '../../core/inventory/request.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** LookAtBackups, which a person calls: `{ look: 'list' | 'show', cluster, … }` → what `list` or `show` prints. */
export const work = handler(inventoryRequest, lookAtInventory);

export const definition: FunctionDefinition = {
  file: 'operator/look-at-backups.ts',
  description:
    'Looks for a person at the backups of a cluster in all places that hold them, and changes nothing',
  // It asks all sources side by side for two seconds, and the ledger a few times for as long.
  timeoutSeconds: 60,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration', 'listOfBackups', 'listOfCluster', 'zeebeStore'],
  ledger: { read: ['lock', 'manifest', 'entry', 'restoreFacts', 'snapshots', 'verification'], write: [] },
};
