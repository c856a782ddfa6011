import * as z from 'zod';
import { requestedId } from '../components/backup-id.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';

/** Which backups to verify: one, the newest completed one, or all completed ones. */
const whichBackups = z.union([requestedId, z.enum(['latest', 'all'])]);
export type WhichBackups = z.infer<typeof whichBackups>;

/** The input of a verification on a stack, from a schedule or from a person. */
export const verifyRequest = z.strictObject({
  cluster: z.string(),
  verify: whichBackups,
  /** True to read the snapshots in Zeebe's store. */
  readData: z.boolean().default(false),
});
export type VerifyRequest = z.infer<typeof verifyRequest>;

/** How many of the newest backups are looked at for the newest completed one. */
const latestWithin = 100;

type Needs = Pick<Context, 'ledger' | 'clock' | 'commands'>;

/** The ids of the backups to verify, the newest first. Throws LedgerEmpty if there is no completed one. */
export async function idsToVerify(cluster: string, which: WhichBackups, context: Needs): Promise<number[]> {
  const { ledger } = context;
  if (typeof which === 'number') return [which];
  if (which === 'all') {
    const ids = (await ledger.backupIds(cluster)).toReversed();
    const completed: number[] = [];
    for await (const { backupId, state } of ledger.manifests(cluster, ids)) {
      if (state === 'COMPLETED') completed.push(backupId);
    }
    return completed.length > 0 ? completed : [await noneCompleted(cluster, context)];
  }
  const ids = await ledger.newestIds(cluster, latestWithin, context);
  const last = await ledger.lastCompleted(cluster, ids);
  return [last?.backupId ?? (await noneCompleted(cluster, context))];
}

async function noneCompleted(cluster: string, { ledger, commands }: Needs): Promise<never> {
  throw (
    (await ledger.nothingOf(cluster)) ??
    new BackupError('LedgerEmpty', `The ledger ${ledger.home} has no completed backup of ${cluster}`, {
      remedy: `To see what there is, run: ${commands.list(cluster)}`,
    })
  );
}
