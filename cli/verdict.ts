import * as z from 'zod';
import { type Holder, holder } from '../core/ledger/lock/holder.ts';
import type { Failure, Manifest } from '../core/ledger/manifest.ts';
import { componentsOf, type RunResult } from './result.ts';

/** How a run ended, or how watching it ended. */
export type End =
  | { status: 'SUCCEEDED'; output: unknown }
  | { status: 'FAILED' | 'INTERRUPTED' | 'UNKNOWN'; failure: Failure };

/** Everything else that is known about a run. */
interface Known {
  cluster: string | null;
  backupId: number | null;
  durationSeconds: number;
  pausedSeconds: number | null;
  /** The manifest of this run. */
  manifest: Manifest | undefined;
  /** The location of the manifest. */
  location: string | null;
}

/** Makes the result of a run. `whySkipped` explains why `holder`, which has the lock, prevented a backup. */
export async function runResult(
  end: End,
  { manifest, location, backupId, cluster, durationSeconds, pausedSeconds }: Known,
  whySkipped: (holder: Holder) => Failure | Promise<Failure>,
): Promise<RunResult> {
  const common = {
    backupId,
    cluster,
    durationSeconds,
    pausedSeconds,
    components: componentsOf(manifest),
    manifest: location,
    warnings: manifest?.warnings ?? [],
  };
  if (end.status !== 'SUCCEEDED') return { ...common, state: end.status, failure: end.failure };
  const verdict = verdictOf(end.output, manifest);
  if (verdict.state !== 'SKIPPED') return { ...common, ...verdict };
  const { because: message, holder } = verdict;
  const failure = holder ? await whySkipped(holder) : { error: 'LockHeld', message };
  return { ...common, state: 'SKIPPED', failure };
}

/** The result of a run that ended without an error, according to the answer of its last state. */
type Verdict =
  | { state: 'COMPLETED'; backupId: number; failure: null }
  /** `holder` is undefined if the backup of this moment has already been made. */
  | { state: 'SKIPPED'; because: string; holder: Holder | undefined }
  | { state: 'UNKNOWN'; failure: Failure };

/** These schemas accept further fields, because a newer stack may answer more than this version knows. */
const completed = z.object({ state: z.literal('COMPLETED'), backupId: z.int() });
const skipped = z.object({
  outcome: z.literal('SKIPPED'),
  because: z.string().catch('The run was skipped and gave no reason'),
  // The holder only appears in a sentence; the answer still says SKIPPED if the holder cannot be read.
  heldBy: holder.optional().catch(undefined),
});

/**
 * A backup is complete only if the answer or the manifest of this run says COMPLETED. If the answer says neither that
 * nor SKIPPED, the result is UNKNOWN.
 */
function verdictOf(answer: unknown, manifest: Manifest | undefined): Verdict {
  const skip = skipped.safeParse(answer);
  if (skip.success) {
    const { because, heldBy } = skip.data;
    return { state: 'SKIPPED', because, holder: heldBy };
  }
  const complete = completed.safeParse(manifest?.state === 'COMPLETED' ? manifest : answer);
  if (complete.success) return { ...complete.data, failure: null };
  return { state: 'UNKNOWN', failure: notUnderstood(answer) };
}

function notUnderstood(answer: unknown): Failure {
  return {
    error: 'UnexpectedAnswer',
    message: `The run ended, and its answer says neither COMPLETED nor SKIPPED: ${brief(answer)}`,
    remedy:
      'See its manifest: there is a backup only if the manifest says COMPLETED. Watch a stack with the version of camunda-backup that deployed it.',
  };
}

const longest = 300;

function brief(answer: unknown): string {
  const text = JSON.stringify(answer) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
