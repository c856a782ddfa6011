import type { Alert } from '../alert.ts';
import { maxPauseOf } from '../backup/max-pause.ts';
import { isAhead, secondsSince } from '../clock.ts';
import type { Commands } from '../commands.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { resumeByHand } from '../connect/by-hand.ts';
import type { Context } from '../context.ts';
import { resumedUnwritten } from '../error-names.ts';
import { BackupError, describe, isBackupError } from '../errors.ts';
import { type Lock, mayBePaused, type Pause } from '../ledger/lock/lock.ts';
import { describeOwner, describeRun, type ExecutionStates, lookForRun } from '../ledger/lock/owner.ts';
import { afterwards, mayBeTakenOver, whenOwnerIsGone } from '../ledger/lock/purpose.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { abandoned, type Repaired, repairLock } from '../repair/lock.ts';
import { executionUrl } from '../tell/alert-message.ts';
import type { Alerts } from '../tell/untold.ts';
import type { EndedRun, RunFacts } from './ended-runs.ts';
import { noticeKeptLock } from './kept-lock.ts';
import { type Noticed, nothing } from './noticed.ts';

/** What the watchdog asks of Step Functions. */
export interface Executions extends ExecutionStates {
  /** Resolves when the stop was accepted. */
  stop(arn: string, cause: string): Promise<void>;
  /** The newest executions that failed, timed out or were stopped; undefined if Step Functions is not asked. */
  endedBadly(): Promise<EndedRun[] | undefined>;
  factsOf(arn: string): Promise<RunFacts>;
}

type Needs = Pick<
  Context,
  'ledger' | 'clock' | 'http' | 'secrets' | 'repairer' | 'commands' | 'unwritten' | 'warn'
> & {
  executions: Executions;
};

export type WatchedLock = 'free' | 'running' | 'repaired' | 'still-paused' | 'not-ours' | 'waiting';

/** What a look at a lock came to, and what people are to be told of it. */
export interface SeenLock {
  state: WatchedLock;
  noticed: Noticed;
}

/**
 * Puts right what a dead run left behind, and stops a run that keeps exporting paused for too long. What people are to
 * be told of what is done is kept in `alerts` before it is done. Nothing that depends on `memory` is noticed without it.
 */
export async function watchLock(
  lock: Lock,
  config: ClusterConfig,
  memory: WatchMemory | undefined,
  alerts: Alerts,
  context: Needs,
): Promise<SeenLock> {
  const { owner } = lock;
  const signs = await lookForRun(lock, context);
  if (!mayBeTakenOver(lock)) {
    const { clock, commands } = context;
    const noticed = memory ? noticeKeptLock({ lock, signs, commands }, memory, clock) : nothing;
    return { state: signs.alive === 'alive' ? 'running' : 'waiting', noticed };
  }
  const tooLong = pausedTooLong(lock, config, context);
  const { executions } = context;
  const { alive, trouble } = signs;
  if (alive !== 'gone' && !tooLong) {
    if (alive === 'alive') return { state: 'running', noticed: nothing };
    if (trouble) throw notKnown(lock, trouble, context);
    return { state: 'not-ours', noticed: nothing };
  }
  if (tooLong && alive === 'alive' && owner.kind === 'execution') {
    // First the end of the run, then the resume: it must not pause again behind our back.
    await executions.stop(owner.arn, pausedBy(`the run ${lock.runId}`, tooLong));
    await waitForTheEnd(owner.arn, context);
  } else if (tooLong && alive !== 'gone') {
    // A run of the command line somewhere else cannot be ended from here.
    return stillPaused(onOtherHost(lock, tooLong, alive, context));
  }
  const failure =
    tooLong && owner.kind === 'execution'
      ? {
          error: 'PausedTooLong',
          message: `${pausedBy(`the run ${lock.runId}`, tooLong)}; the run was stopped`,
        }
      : abandoned(lock);
  const keep = (exporting: string, repaired?: Repaired) =>
    alerts.keep({
      runId: lock.runId,
      backupId: lock.backupId,
      alert: abandonedAlert(lock, `${failure.message}. ${exporting}`, repaired, context),
    });
  const isUndone = whenOwnerIsGone(lock) === 'undo';
  await keep(isUndone ? 'Where it had paused exporting, it is resumed.' : noCall);
  let repaired: Repaired;
  try {
    repaired = await repairLock(lock, failure, context);
  } catch (error) {
    if (isBackupError(error, 'LockLost')) {
      // Another watchdog is at it, or has done it. Or the run itself was at its end.
      const { release } = await context.ledger.readLockOrRelease(lock.cluster);
      if (release?.releasedBy === lock.runId && !release.repaired) await alerts.drop(lock);
      return { state: 'running', noticed: nothing };
    }
    // Exporting is resumed, although the lock cannot say so.
    if (isBackupError(error) && resumedUnwritten.includes(error.name)) throw error;
    const now = await context.ledger.readLock(lock.cluster);
    if (!now || !mayBePaused(now)) throw error;
    return stillPaused(withoutEnd(now, error));
  }
  // Without a call, nobody knows whether another process has paused exporting.
  const untouched = isUndone ? 'Exporting was not paused by it.' : noCall;
  const exporting =
    repaired.exporting === 'not-paused' ? untouched : `Exporting is resumed (${repaired.exporting}).`;
  const { unreadable } = repaired;
  await keep(unreadable ? `${exporting} ${unreadable.message}.` : exporting, repaired);
  return { state: 'repaired', noticed: nothing };
}

const noCall = 'The cluster got no call.';

/** Told at every look. */
function stillPaused(alert: Alert): SeenLock {
  return { state: 'still-paused', noticed: { alerts: [{ alert, told: {} }], memory: {} } };
}

/** Makes the error for a run that may live or not. It names what that run may have paused. */
function notKnown(lock: Lock, trouble: BackupError, { commands }: Needs): BackupError {
  const { cluster, runId, owner } = lock;
  const pause = mayBePaused(lock) ? lock.pause : undefined;
  const paused = pause ? ` Exporting may be paused on its behalf since ${pause.requestedAt}.` : '';
  const byHand = pause ? `\n${resumeByHand(pause.target)}` : '';
  return new BackupError(
    trouble.name,
    `Whether the ${describeRun({ runId, owner })} lives is not known: ${trouble.message}${paused} If it does not live, run: ${commands.repair(cluster, { force: true })}${byHand}`,
    { cause: trouble, remedy: trouble.remedy },
  );
}

/** Step Functions accepts a stop, and may say for some seconds more that the execution runs. */
async function waitForTheEnd(arn: string, { executions, clock }: Needs): Promise<void> {
  for (const seconds of [0, 1, 2, 4, 8]) {
    if (seconds > 0) await clock.sleep(seconds * 1000);
    if (['gone', 'not-found'].includes(await executions.state(arn))) return;
  }
  throw new BackupError('ServerTrouble', `The execution ${arn} was stopped and still runs`);
}

function abandonedAlert(
  lock: Lock,
  reason: string,
  repaired: Repaired | undefined,
  { ledger, commands }: Needs,
): Alert {
  const { cluster, backupId, runId } = lock;
  const { manifest, unreadable } = repaired ?? {};
  const isKnown = repaired !== undefined && !unreadable;
  return {
    kind: 'runAbandoned',
    severity: 'WARNING',
    cluster,
    backupId,
    reason,
    remedy:
      afterwards(lock) ??
      [
        `Start a new backup: the one of this run is not${isKnown ? '' : ' known to be'} complete.`,
        ...(unreadable?.remedy ? [unreadable.remedy] : []),
        leftoversOf(cluster, commands),
      ].join(' '),
    execution: executionUrl(runId),
    manifest: manifest && ledger.manifestLocation(cluster, manifest.backupId),
  };
}

/** The components' lists are slow, and the watchdog does not read them: a person does. */
export function leftoversOf(cluster: string, commands: Commands): string {
  return `What the components still have of it is shown by: ${commands.repair(cluster)}`;
}

function withoutEnd(lock: Lock & { pause: Pause }, error: unknown): Alert {
  return {
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster: lock.cluster,
    backupId: lock.backupId,
    reason: `Exporting is paused since ${lock.pause.requestedAt}, on behalf of a run that does not end it: ${describe(error)}. It is tried again every five minutes.`,
    remedy: resumeByHand(lock.pause.target),
    execution: executionUrl(lock.runId),
  };
}

function onOtherHost(lock: Lock, tooLong: TooLong, alive: 'alive' | 'unknown', { commands }: Needs): Alert {
  const lives = alive === 'alive' ? 'that run lives' : 'whether that run lives cannot be seen from here';
  const { cluster, owner, pause } = lock;
  const end = owner.kind === 'execution' ? 'in Step Functions' : 'where it runs (Ctrl-C, SIGTERM)';
  return {
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster,
    backupId: lock.backupId,
    reason: `${pausedBy(describeOwner(owner), tooLong)}; ${lives}.`,
    remedy: `End it ${end}. If it lives no more: ${commands.repair(cluster, { force: true })}\n${resumeByHand(pause?.target)}`,
  };
}

/** For how long exporting is paused, and why that is too long, as parts of a sentence. */
interface TooLong {
  howLong: string;
  why: string;
}

/** Undefined where it is not. A pause whose beginning lies in the future may have lasted for any time. */
function pausedTooLong(lock: Lock, config: ClusterConfig, context: Needs): TooLong | undefined {
  if (!mayBePaused(lock) || whenOwnerIsGone(lock) !== 'undo') return undefined;
  const { requestedAt: since } = lock.pause;
  if (isAhead(since, context.clock)) {
    return {
      howLong: `since a moment in the future (${since})`,
      why: 'so that a clock is wrong, or was, and nobody knows whether that is longer than `maxPause`',
    };
  }
  const seconds = secondsSince(since, context);
  if (seconds <= maxPauseOf(config)) return undefined;
  return { howLong: `for ${formatSeconds(seconds)}`, why: 'longer than `maxPause`' };
}

function pausedBy(whom: string, { howLong, why }: TooLong): string {
  return `Exporting is paused ${howLong} by ${whom}, ${why}`;
}
