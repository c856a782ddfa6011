import type { Clock } from '../../core/clock.ts';
import { resumeByHand, type ZeebeAddress } from '../../core/connect/by-hand.ts';
import type { Holder } from '../../core/ledger/holder.ts';
import { describeOwner, type LifeSigns } from '../../core/ledger/owner.ts';
import { mayBeTakenOver, whoHolds } from '../../core/ledger/purpose.ts';
import { executionUrl } from '../../core/tell/alerts.ts';

/** Who holds the lock; an element of the object of `--json`. */
export interface RunStatus {
  /** `unknown`: it cannot be seen from here whether it still runs. */
  state: 'running' | 'dead' | 'unknown';
  runId: string;
  owner: string;
  reason: string;
  /** What it holds the lock for: `backup`, `delete`, `restore`, or what a newer version calls it. */
  purpose: string;
  backupId: number | null;
  since: string;
  seconds: number;
  /** The execution's page, where it is one. */
  url: string | null;
  /** What puts right what a dead run left; null also where only its own command does. */
  repair: string | null;
  /** Why the age of its heartbeat is not known, as a sentence; null where that is known, or does not matter. */
  heartbeatUnknown: string | null;
}

/** What is asked about whoever holds a lock. */
export interface RunSource {
  clock: Pick<Clock, 'now'>;
  lifeOf: (lock: Holder) => Promise<LifeSigns>;
  repairOf: (lock: Holder, state: RunStatus['state']) => string;
}

const states = { alive: 'running', gone: 'dead', unknown: 'unknown' } as const;

/** What is to be said of the run that holds a lock. */
export async function runOf(lock: Holder, { clock, lifeOf, repairOf }: RunSource): Promise<RunStatus> {
  const { runId, owner, reason, purpose, backupId, acquiredAt } = lock;
  const { alive, trouble } = await lifeOf(lock);
  const state = states[alive];
  return {
    state,
    runId,
    owner: describeOwner(owner),
    reason,
    purpose,
    backupId: backupId ?? null,
    since: acquiredAt,
    seconds: Math.max(0, (clock.now() - Date.parse(acquiredAt)) / 1000),
    url: executionUrl(runId) ?? null,
    repair: state === 'running' || !mayBeTakenOver(lock) ? null : repairOf(lock, state),
    heartbeatUnknown: trouble?.message ?? null,
  };
}

/** How a pause ends whose run does not end it, should its repair not do it either. */
export function waysToEnd({ state, heartbeatUnknown }: RunStatus, zeebe: ZeebeAddress | undefined): string[] {
  if (state === 'dead') return [resumeByHand(zeebe)];
  if (state === 'running' || heartbeatUnknown === null) return [];
  return [`If you know that its run is dead, resume it. ${resumeByHand(zeebe)}`];
}

/** Nothing but its own command ends it, and no backup is made until then. */
export function waitingProblem(run: RunStatus | null): string[] {
  return run && run.state !== 'running' && !mayBeTakenOver(run)
    ? [`the lock waits for the command of ${whoOf(run)}, and every backup is SKIPPED until then`]
    : [];
}

/** `the backup 9`, `a restore` */
export function whoOf({ purpose, backupId }: Pick<RunStatus, 'purpose' | 'backupId'>): string {
  return whoHolds({ purpose, ...(backupId === null ? {} : { backupId }) });
}

/** A process that is seen is alive also where nobody knows how old its heartbeat is. */
export function lifeProblem(run: RunStatus | null): string[] {
  return run?.state === 'unknown' && run.heartbeatUnknown !== null
    ? ['whether the run that holds the lock lives is not known']
    : [];
}
