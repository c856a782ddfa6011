import { askForId, chosenId } from '../checks/chosen-id.ts';
import type { ClusterFacts } from '../checks/facts.ts';
import { refuse } from '../checks/judge.ts';
import type { Context } from '../context.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { lockLost } from '../ledger/lock/lock-lost.ts';
import { isMoment } from '../ledger/newest-ids.ts';
import { chooseId } from './choose-id.ts';
import type { BackupRequest } from './request.ts';

type Needs = Pick<Context, 'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'commands'>;

/**
 * Chooses the id of the backup and writes it into the lock. A run that has an id keeps it. Throws BackupIdRefused if
 * the requested id cannot be used, and LockLost if this run does not hold the lock for this try any more.
 */
export async function reserveId(
  request: BackupRequest,
  { runId, backupId: reserved }: Lock,
  { lists }: Pick<ClusterFacts, 'lists'>,
  ledgerIds: number[],
  context: Needs,
): Promise<number> {
  const { cluster, attempt } = request;
  const chosen = reserved ?? chooseId(request, ledgerIds, lists, context);
  if (reserved === undefined) refuse(chosenId(chosen, await askForId(chosen, lists, context)));
  if ([...ledgerIds, chosen].some((id) => !isMoment(id, context.clock.now()))) {
    await context.ledger.markUnordered(cluster);
  }
  const { backupId } = await context.ledger.changeLock(cluster, runId, (now) => {
    if ((now.attempt ?? 1) !== attempt) throw lockLost({ cluster, runId }, now);
    // Two concurrent calls must make the same plan.
    return { backupId: now.backupId ?? chosen };
  });
  return backupId;
}
