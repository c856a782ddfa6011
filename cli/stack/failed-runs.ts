import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import { isBackupError } from '../../core/errors.ts';
import type { RunFacts } from '../../core/watch/ended-runs.ts';
import type { StackCommands } from '../../deployment/commands.ts';
import { messageIn } from '../../lambdas/carried-error.ts';
import type { ClusterStatus } from '../status/cluster-status.ts';
import { type FailedRun, isSince } from '../status/failed-run.ts';
import type { Aws } from './aws.ts';
import { executionFailure } from './ending.ts';

/** What is known of the stack when its failed runs are judged. */
interface Known {
  /** The clusters that were looked at. */
  statuses: ClusterStatus[];
  /** The names of all clusters of the stack. */
  clusters: string[];
  commands: StackCommands;
  aws: Pick<Aws, 'factsOf'>;
}

/**
 * The newest failed execution of each cluster after which no completed backup is known. `executions` are the newest
 * first. A SKIPPED run succeeds, and makes no backup, so it does not change what is said of the failure before it.
 */
export async function failedRunsOf(executions: ExecutionListItem[], known: Known): Promise<FailedRun[]> {
  // An execution is only described if a cluster that was looked at has no completed backup since.
  const open = executions.flatMap(endedBadly).filter((run) => isOpen(run, known.statuses));
  const described = await Promise.all(open.map((run) => describedRun(run, known)));
  const found = new Map<string | null, FailedRun>();
  for (const run of described) {
    if (isOpen(run, concerned(run, known)) && !found.has(run.cluster)) found.set(run.cluster, run);
  }
  return [...found.values()];
}

type Ended = Pick<FailedRun, 'name' | 'status' | 'startedAt' | 'endedAt'> & { arn: string };

function endedBadly({ executionArn, name, status, startDate, stopDate }: ExecutionListItem): Ended[] {
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') return [];
  if (!executionArn || !name || !startDate || !stopDate) return [];
  return [
    {
      arn: executionArn,
      name,
      status,
      startedAt: startDate.toISOString(),
      endedAt: stopDate.toISOString(),
    },
  ];
}

function isOpen(run: Pick<FailedRun, 'startedAt' | 'endedAt'>, statuses: ClusterStatus[]): boolean {
  return statuses.some(({ lastCompleted }) => !isSince(lastCompleted, run));
}

/** The clusters to which the run may belong, of those that were looked at. */
function concerned({ cluster }: FailedRun, { statuses }: Known): ClusterStatus[] {
  return cluster === null ? statuses : statuses.filter((one) => one.cluster === cluster);
}

async function describedRun({ arn, ...run }: Ended, known: Known): Promise<FailedRun> {
  const { statuses, clusters, commands, aws } = known;
  const facts = await factsOrNone(arn, aws);
  const cluster = [...clusters, ...statuses.map(({ cluster }) => cluster)].find(
    (name) => name === facts?.cluster,
  );
  const failure =
    facts && executionFailure({ ...run, error: facts.error, cause: messageIn(facts.cause ?? '') });
  return {
    ...run,
    cluster: cluster ?? null,
    failure: failure ?? null,
    watch: commands.watch(run.name),
    run: commands.run(cluster),
  };
}

/** What an execution says of itself; undefined if it cannot be asked, so that the rest of the status is still shown. */
async function factsOrNone(arn: string, aws: Known['aws']): Promise<RunFacts | undefined> {
  try {
    return await aws.factsOf(arn);
  } catch (error) {
    if (isBackupError(error)) return undefined;
    throw error;
  }
}
