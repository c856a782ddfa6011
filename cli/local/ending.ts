import type { Commands } from '../../core/commands.ts';
import type { Holder } from '../../core/ledger/holder.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import type { Alive } from '../../core/ledger/owner.ts';
import { heldBy } from '../../core/repair/lock.ts';
import { splitRemedy } from '../../lambdas/handler.ts';
import { componentsOf, type RunResult } from '../result.ts';
import { type Verdict, verdictOf } from '../verdict.ts';
import type { Outcome } from './engine.ts';

/** What a run in this process came to. `location` is where its manifest is; `isAlive` asks of whoever holds the lock. */
export async function resultOf(
  outcome: Outcome,
  cluster: string,
  manifest: Manifest | undefined,
  commands: Commands,
  measured: {
    durationSeconds: number;
    pausedSeconds: number | null;
    location: string | null;
    isBetweenTries?: boolean;
  },
  isAlive: (holder: Holder) => Promise<Alive>,
): Promise<RunResult> {
  const common = {
    backupId: manifest?.backupId ?? null,
    cluster,
    durationSeconds: measured.durationSeconds,
    pausedSeconds: measured.pausedSeconds,
    components: componentsOf(manifest),
    manifest: measured.location,
    warnings: manifest?.warnings ?? [],
  };
  if (outcome.status === 'FAILED') {
    const failure = manifest?.failure ?? { error: outcome.error, ...splitRemedy(outcome.cause) };
    return { ...common, state: 'FAILED', failure };
  }
  if (outcome.status === 'INTERRUPTED') {
    const failure = {
      error: 'Interrupted',
      message: `The run was interrupted by ${outcome.by ?? 'a signal'}`,
    };
    // Before another try, the manifest is that of the one before: why that failed is in it.
    return {
      ...common,
      state: 'INTERRUPTED',
      failure: (!measured.isBetweenTries && manifest?.failure) || failure,
    };
  }
  const verdict = verdictOf(outcome.output, manifest);
  return verdict.state === 'SKIPPED'
    ? { ...common, state: 'SKIPPED', failure: await whySkipped(verdict, commands, isAlive) }
    : { ...common, ...verdict };
}

async function whySkipped(
  { because, holder }: Extract<Verdict, { state: 'SKIPPED' }>,
  commands: Commands,
  isAlive: (holder: Holder) => Promise<Alive>,
): Promise<Failure> {
  if (!holder) return { error: 'LockHeld', message: because };
  const { message, remedy, name } = heldBy(holder, await isAlive(holder), commands);
  return { error: name, message, ...(remedy ? { remedy } : {}) };
}
