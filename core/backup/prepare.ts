import { kept, requireReady } from '../checks/judge.ts';
import { chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { beginManifest } from './begin-manifest.ts';
import { keepFacts } from './keep-restore-facts.ts';
import { lookAtCluster } from './look-at-cluster.ts';
import { makePlan } from './make-plan.ts';
import { warnOfLongPause } from './max-pause.ts';
import type { Plan } from './plan.ts';
import type { BackupRequest, Skipped } from './request.ts';
import { reserveId } from './reserve-id.ts';
import { refuseLateCall, takeLock } from './take-lock.ts';

/**
 * Takes the lock, checks whether the cluster can be backed up, chooses the id and writes the manifest. It changes
 * nothing in the cluster. A duplicate call in the same run makes the same plan; after the run's end, it throws
 * LockLost.
 */
export async function prepareBackup(
  request: BackupRequest,
  runId: string,
  context: Context,
): Promise<Plan | Skipped> {
  const { cluster } = request;
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  const taken = await takeLock(request, runId, context);
  if ('outcome' in taken) return taken;
  await refuseLateCall(request, runId, taken, context);
  const { lock, ledgerIds } = taken;
  const { facts, findings } = await lookAtCluster(config, { ...request, ...taken }, context);
  const ready = requireReady(facts, findings);
  const backupId = await reserveId(request, lock, ready, ledgerIds, context);
  const completed = await context.ledger.lastCompletedOnes(cluster, ledgerIds.toReversed());
  const plan = makePlan(config, request, { cluster, backupId, runId }, ready, completed);
  const noticed = [...findings, ...warnOfLongPause(completed[0], plan.limits.maxPauseSeconds)];
  await beginManifest(plan, request, noticed, config, lock, context);
  await keepFacts(plan.run, facts, kept(noticed), context);
  return plan;
}
