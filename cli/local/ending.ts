import type { Commands } from '../../core/commands.ts';
import { heldBy } from '../../core/ledger/lock/held-by.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import type { Alive } from '../../core/ledger/lock/owner.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import { failureOf } from '../failure.ts';
import type { RunResult } from '../result.ts';
import { type End, runResult } from '../verdict.ts';

/** How a run in this process ended. */
export type Ended =
  | Extract<End, { status: 'SUCCEEDED' }>
  | { status: 'FAILED' | 'INTERRUPTED'; failure: Failure };

/** What a run in this process came to. `location` is where its manifest is; `isAlive` asks of whoever holds the lock. */
export function resultOf(
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

/** The manifest knows the reason, but before another try: then it is that of the try before, and so is its reason. */
function withReason(ended: Ended, manifest: Manifest | undefined, isBetweenTries: boolean): Ended {
  if (ended.status === 'SUCCEEDED' || !manifest?.failure) return ended;
  return ended.status === 'INTERRUPTED' && isBetweenTries ? ended : { ...ended, failure: manifest.failure };
}
