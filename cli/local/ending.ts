import type { Commands } from '../../core/commands.ts';
import { heldBy } from '../../core/ledger/lock/held-by.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import type { Alive } from '../../core/ledger/lock/owner.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import { failureOf } from '../failure.ts';
import type { RunResult } from '../result.ts';
import { type End, runResult } from '../verdict.ts';

/** The end of a run in this process. */
export type Ended =
  | Extract<End, { status: 'SUCCEEDED' }>
  | { status: 'FAILED' | 'INTERRUPTED'; failure: Failure };

/**
 * Makes the result of a run in this process. `location` is that of its manifest; `isAlive` looks for a holder's run.
 */
export function localRunResult(
  ended: Ended,
  cluster: string,
  manifest: Manifest | undefined,
  commands: Commands,
  {
    isBetweenTries = false,
    ...measured
  }: {
    durationSeconds: number;
    pausedSeconds: number | null;
    location: string | null;
    isBetweenTries?: boolean;
  },
  isAlive: (holder: Holder) => Promise<Alive>,
): Promise<RunResult> {
  return runResult(
    withReason(ended, manifest, isBetweenTries),
    { ...measured, cluster, manifest, backupId: manifest?.backupId ?? null },
    async (holder) => failureOf(heldBy(holder, await isAlive(holder), commands)),
  );
}

/** Takes the reason from the manifest, except between two tries, when the manifest belongs to the earlier try. */
function withReason(ended: Ended, manifest: Manifest | undefined, isBetweenTries: boolean): Ended {
  if (ended.status === 'SUCCEEDED' || !manifest?.failure) return ended;
  return ended.status === 'INTERRUPTED' && isBetweenTries ? ended : { ...ended, failure: manifest.failure };
}
