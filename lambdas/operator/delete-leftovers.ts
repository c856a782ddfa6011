import * as z from 'zod';
import { chooseCluster } from '../../core/config/schema.ts';
import { part } from '../../core/repair/steps/answers.ts';
import { deleteNamedLeftovers } from '../../core/repair/steps/leftovers.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/**
 * DeleteLeftovers, which a person calls: `{ cluster, parts }`, the parts that the person has agreed to delete. It deletes
 * those that still are leftovers of failed backups of this ledger. → `{ says, problems, deleted }`
 */
export const work = handler(
  z.object({ cluster: z.string(), parts: z.array(part) }),
  async ({ cluster, parts }, context) => {
    const { cluster: config } = chooseCluster(await context.config(), cluster);
    return deleteNamedLeftovers(cluster, config, parts, context);
  },
);

export const definition: FunctionDefinition = {
  file: 'operator/delete-leftovers.ts',
  description: 'Deletes for a person the parts that failed backups have left in the components',
  timeoutSeconds: 230,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration', 'listOfBackups', 'executionStates'],
  ledger: { read: ['lock', 'heartbeat', 'manifest', 'entry', 'use'], write: [] },
};
