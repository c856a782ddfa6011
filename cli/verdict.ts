import * as z from 'zod';
import { type Holder, holder } from '../core/ledger/holder.ts';
import type { Failure, Manifest } from '../core/ledger/manifest.ts';
import { componentsOf, type RunResult } from './result.ts';

/** How a run ended, or the watching of it. */
export type End =
  | { status: 'SUCCEEDED'; output: unknown }
  | { status: 'FAILED' | 'INTERRUPTED' | 'UNKNOWN'; failure: Failure };

/** What is known of a run besides. */
interface Known {
  cluster: string | null;
  backupId: number | null;
  durationSeconds: number;
  pausedSeconds: number | null;
  /** Of this run. */
  manifest: Manifest | undefined;
  /** Where it is. */
  location: string | null;
}

/** What a run came to; `whySkipped` says why there is none where `holder` has the lock. */
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

/** What a run that ended well has come to, as its last state answered. */
type Verdict =
  | { state: 'COMPLETED'; backupId: number; failure: null }
  /** `holder` is undefined where the backup of this moment is made already. */
  | { state: 'SKIPPED'; because: string; holder: Holder | undefined }
  | { state: 'UNKNOWN'; failure: Failure };

/** A newer stack may answer more than this version knows. */
const completed = z.object({ state: z.literal('COMPLETED'), backupId: z.int() });
const skipped = z.object({
  outcome: z.literal('SKIPPED'),
  because: z.string().catch('The run was skipped and gave no reason'),
  // Only a sentence is made of it: one that cannot be read does not change what the answer says.
  heldBy: holder.optional().catch(undefined),
});

/**
 * Only what says COMPLETED is a backup: the answer, or the manifest of this run. An answer that says neither that nor
 * SKIPPED is not known.
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
      'See its manifest: only where that says COMPLETED there is a backup. Watch a stack with the version of camunda-backup that deployed it.',
  };
}

const longest = 300;

function brief(answer: unknown): string {
  const text = JSON.stringify(answer) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
