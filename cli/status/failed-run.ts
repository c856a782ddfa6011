import type { Failure } from '../../core/ledger/manifest.ts';
import type { CompletedStatus } from './backup-status.ts';
import type { ClusterStatus } from './cluster-status.ts';

/** A failed execution, after which no completed backup of its cluster is known; an element of the object of `--json`. */
export interface FailedRun {
  name: string;
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startedAt: string;
  endedAt: string;
  /** null if its input cannot be read, or names no cluster of the stack. */
  cluster: string | null;
  /** null if Step Functions did not answer why it failed. */
  failure: Failure | null;
  /** The command that shows the execution. */
  watch: string;
  /** The command that starts another backup. */
  run: string;
}

/** True if the backup began after the run did, and so may be its own, or ended after it. */
export function isSince(
  completed: CompletedStatus | null,
  { startedAt, endedAt }: Pick<FailedRun, 'startedAt' | 'endedAt'>,
): boolean {
  if (!completed) return false;
  const began = Date.parse(completed.startedAt);
  const ended = began + (completed.durationSeconds ?? 0) * 1000;
  return began >= Date.parse(startedAt) || ended > Date.parse(endedAt);
}

/** The status of a cluster, which is not ok after a failed run. */
export function withFailedRun(status: ClusterStatus, run: FailedRun | undefined): ClusterStatus {
  return run ? { ...status, ok: false, problems: [...status.problems, failedRunProblem(run)] } : status;
}

/** The problem of a failed run: which one it is, when it ended, why if that is known, and the next commands. */
export function failedRunProblem({ name, status, endedAt, cluster, failure, watch, run }: FailedRun): string {
  const whose = cluster === null ? ', whose cluster is not known,' : '';
  const why = failure ? ` (${failure.error}: ${failure.message.replace(/[\s.]+$/, '')})` : '';
  return `the run ${name}${whose} ended as ${status} at ${endedAt}${why}, and no later completed backup is known. To see the run: ${watch}. To back up again: ${run}`;
}

/** True if the ledger's newest failed backup may be that of the run. */
export function isRecorded({ lastFailed }: Pick<ClusterStatus, 'lastFailed'>, run: FailedRun): boolean {
  return lastFailed !== null && Date.parse(lastFailed.at) >= Date.parse(run.startedAt);
}

/** The run in the line of the backup that failed last, where the ledger has no such backup. */
export function failedRunSentence({ name, endedAt, failure }: FailedRun): string {
  const remedy = failure?.remedy === undefined ? '' : `\nWhat to do: ${failure.remedy}`;
  return `the run ${name} (${endedAt}), of which the ledger has no failed backup${remedy}`;
}
