import type { Clock } from '../../core/clock.ts';
import { resumeByHand, type ZeebeAddress } from '../../core/connect/by-hand.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import { describeOwner, type LifeSigns } from '../../core/ledger/lock/owner.ts';
import { mayBeTakenOver, whoHolds } from '../../core/ledger/lock/purpose.ts';
import { executionUrl } from '../../core/tell/alert-message.ts';

/** The run that holds the lock; an element of the object of `--json`. */
export interface RunStatus {
  /** `unknown` if this machine cannot see whether the run is alive. */
  state: 'running' | 'dead' | 'unknown';
  runId: string;
  owner: string;
  reason: string;
  /** The purpose of the lock: `backup`, `delete`, `restore`, or a name that only a newer version knows. */
  purpose: string;
  backupId: number | null;
  since: string;
  seconds: number;
  /** The URL of the execution's page; null if the run is not an execution. */
  url: string | null;
  /** The command that repairs what a dead run left; null if only the run's own command may do that. */
  repair: string | null;
  /** Why the age of its heartbeat or the state of its execution is not known; null if it is known or does not matter. */
  heartbeatUnknown: string | null;
}

/** The questions about the holder of a lock. */
export interface RunSource {
  clock: Pick<Clock, 'now'>;
  lifeOf: (lock: Holder) => Promise<LifeSigns>;
  repairOf: (lock: Holder, state: RunStatus['state']) => string;
}

const states = { alive: 'running', gone: 'dead', unknown: 'unknown' } as const;

/** Describes the run that holds a lock. */
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

/** Whether the run is alive, as the core names it. */
export function aliveOf({ state }: Pick<RunStatus, 'state'>): LifeSigns['alive'] {
  return ({ running: 'alive', dead: 'gone', unknown: 'unknown' } as const)[state];
}

/** Sentences that say how to end a pause if neither its run nor a repair ends it. */
export function waysToEnd({ state, heartbeatUnknown }: RunStatus, zeebe: ZeebeAddress | undefined): string[] {
  if (state === 'dead') return [resumeByHand(zeebe)];
  if (state === 'running' || heartbeatUnknown === null) return [];
  return [`If you know that its run is dead, resume it. ${resumeByHand(zeebe)}`];
}

/** The problem of a lock that only its own command may end: no backup is made until then. */
export function waitingProblem(run: RunStatus | null): string[] {
  return run && run.state !== 'running' && !mayBeTakenOver(run)
    ? [`the lock waits for the command of ${whoOf(run)}, and every backup is SKIPPED until then`]
    : [];
}

/** `the backup 9`, `a restore` */
export function whoOf({ purpose, backupId }: Pick<RunStatus, 'purpose' | 'backupId'>): string {
  return whoHolds({ purpose, ...(backupId === null ? {} : { backupId }) });
}

/** The problem of a run whose heartbeat or execution tells nothing. A process that this machine can see needs no heartbeat. */
export function lifeProblem(run: RunStatus | null): string[] {
  return run?.state === 'unknown' && run.heartbeatUnknown !== null
    ? ['whether the run that holds the lock lives is not known']
    : [];
}
