import { heldBy } from '../../core/ledger/lock/held-by.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import { mayBeTakenOver } from '../../core/ledger/lock/purpose.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import type { StackCommands } from '../../deployment/commands.ts';
import { carriedFailure, failureOf } from '../failure.ts';
import type { RunResult } from '../result.ts';
import { pausedSeconds, type RunView } from '../screen/view.ts';
import { type End, runResult } from '../verdict.ts';
import type { Ended } from './history.ts';

/** The object of `--json`: the object of a local run, and the ARN of the execution. */
export type StackResult = RunResult & { execution: string | null };

/** An execution that was watched. */
export interface Watched {
  executionArn: string;
  commands: StackCommands;
}

export function watchCommand({ executionArn, commands }: Watched): string {
  return commands.watch(nameOfExecution(executionArn));
}

export function nameOfExecution(executionArn: string): string {
  return executionArn.split(':').at(-1) ?? executionArn;
}

const noReason = {
  FAILED: 'The execution failed and gave no reason',
  ABORTED: 'The execution was stopped',
  TIMED_OUT: 'The execution did not end within the time limit of the state machine',
};

/** Makes the result of an execution, or of watching it if that ended earlier. `location` is that of its manifest. */
export async function stackRunResult(
  watching: { ended: Ended } | Unwatched,
  view: RunView,
  {
    manifest,
    location,
    seconds,
  }: { manifest: Manifest | undefined; location: string | null; seconds: number },
  watched: Watched,
): Promise<StackResult> {
  const result = await runResult(
    'ended' in watching ? endOf(watching.ended, manifest) : watching,
    {
      backupId: view.plan?.run.backupId ?? null,
      cluster: view.cluster || null,
      durationSeconds: seconds,
      // An execution that goes on may still pause exporting.
      pausedSeconds: 'ended' in watching ? pausedFor(view, manifest) : null,
      manifest,
      location,
    },
    (holder) => whySkipped(holder, watched),
  );
  // A stack that this version does not understand may have paused exporting without this command seeing it.
  const isUnseen = result.state === 'UNKNOWN' && view.pausedAt === undefined;
  return { ...result, ...(isUnseen ? { pausedSeconds: null } : {}), execution: watched.executionArn };
}

function endOf({ status, output, error, cause }: Ended, manifest: Manifest | undefined): End {
  if (status === 'SUCCEEDED') return { status, output };
  return { status: 'FAILED', failure: manifest?.failure ?? executionFailure({ status, error, cause }) };
}

/** Why an execution failed, as Step Functions says it. `cause` is a sentence, or ''. */
export function executionFailure({
  status,
  error,
  cause,
}: Pick<Ended, 'error' | 'cause'> & { status: keyof typeof noReason }): Failure {
  return carriedFailure({ name: error ?? inCamelCase(status), message: cause || noReason[status] });
}

/** The watching ended before the backup. */
export interface Unwatched {
  status: 'INTERRUPTED' | 'UNKNOWN';
  failure: Failure;
}

export function goesOn(watched: Watched): Failure {
  return {
    error: 'Interrupted',
    message: 'This command has stopped watching; the backup goes on',
    remedy: `To watch it again: ${watchCommand(watched)}`,
  };
}

function whySkipped(holder: Holder, { commands }: Watched): Failure {
  const failure = failureOf(heldBy(holder, 'unknown', commands));
  if (holder.owner.kind === 'process' || !mayBeTakenOver(holder)) return failure;
  const command = watchCommand({ commands, executionArn: holder.owner.arn });
  return {
    ...failure,
    remedy: `Wait for it (${command}). If it is dead, the watchdog frees the lock within five minutes.`,
  };
}

/** The time of the pause; null if neither the run nor its repair has shown the end of the pause. */
function pausedFor(view: RunView, manifest: Manifest | undefined): number | null {
  const seconds = pausedSeconds(view);
  if (seconds !== null) return seconds;
  const { pausedAt: from, resumedAt: to } = manifest?.exporting ?? {};
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;
}

/** Converts `TIMED_OUT` to `TimedOut`, the form in which errors are named. */
function inCamelCase(status: string): string {
  return status.toLowerCase().replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
