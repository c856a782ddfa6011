import { type Facts, gatherFacts } from '../checks/facts.ts';
import type { CheckFinding } from '../checks/finding.ts';
import { judge } from '../checks/judge.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { type Lock, mayBePaused } from '../ledger/lock/lock.ts';
import { nextId } from './choose-id.ts';

/** What is known about the run for which a cluster is looked at. */
export interface LookingRun {
  cluster: string;
  /** Undefined if no run holds the lock. */
  lock: Pick<Lock, 'runId' | 'backupId' | 'pause'> | undefined;
  /** The requested id. */
  backupId?: number | undefined;
  /** The id of the run's earlier try. */
  replaces?: number | undefined;
  ledgerIds: number[];
}

/** Gathers the facts about a cluster and judges them. It changes nothing. */
export async function lookAtCluster(
  config: ClusterConfig,
  { cluster, lock, backupId, replaces, ledgerIds }: LookingRun,
  context: Pick<Context, 'http' | 'secrets' | 'search' | 'clock' | 'commands'>,
): Promise<{ facts: Facts; findings: CheckFinding[] }> {
  const { commands } = context;
  const ours = {
    runId: lock?.runId ?? '',
    ids: [lock?.backupId, replaces],
    paused: lock !== undefined && mayBePaused(lock),
    deleteLeftovers: commands.repair(cluster, { deleteLeftovers: true }),
    resume: commands.repair(cluster, { resumeUnexplained: true }),
    ledgerIds,
    near: backupId ?? nextId(ledgerIds, context),
  };
  const facts = await gatherFacts(config, ours, context);
  return { facts, findings: judge(facts) };
}
