import * as z from 'zod';
import { chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Inventory } from './backup.ts';
import { listInventory } from './list.ts';
import { showBackup } from './show.ts';
import { type Shown, shownBackup } from './shown.ts';
import { source } from './sources.ts';
import { backupStates } from './states.ts';

/** A thousand backups are about one megabyte, and the answer of a function may have six. */
export const mostListed = 1000;

/** What a person wants to see of the backups of a cluster, through a function of a stack. */
export const inventoryRequest = z.discriminatedUnion('look', [
  z.object({
    look: z.literal('list'),
    cluster: z.string(),
    limit: z.int().positive().max(mostListed),
    states: z.array(z.enum(backupStates)).optional(),
    since: z.iso.datetime().optional(),
  }),
  z.object({ look: z.literal('show'), cluster: z.string(), backupId: z.int().positive() }),
]);
type InventoryRequest = z.infer<typeof inventoryRequest>;

/** The answer to `show`. */
export const shownAnswer = z.strictObject({
  // JSON has no undefined.
  shown: shownBackup.optional().transform((found) => found),
  sources: z.array(source),
});

/** Looks at the backups as `list` and `show` do. Throws ConfigurationError for an unknown cluster. */
export async function lookAtInventory(
  request: InventoryRequest,
  context: Pick<Context, 'config' | 'ledger' | 'http' | 'secrets' | 'search' | 'clock'>,
): Promise<Inventory | Shown> {
  const { name, cluster } = chooseCluster(await context.config(), request.cluster);
  if (request.look === 'show') return showBackup(name, request.backupId, cluster, context);
  const { limit, states, since } = request;
  return listInventory(name, cluster, { limit, states, since }, context);
}
