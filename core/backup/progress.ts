import * as z from 'zod';
import type { ComponentState, ComponentStatus } from '../components/component.ts';
import { type ComponentName, titles } from '../components/kinds.ts';
import { formatSeconds } from '../config/duration.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { type Known, nextCheckAt, type Pacing } from '../pacing.ts';
import { adviceFor, failedBackup } from '../remedies.ts';

/** The progress of a component's running backup, which passes from check to check. Instants are in ISO 8601. */
export const progress = z.strictObject({
  state: z.enum(['IN_PROGRESS', 'COMPLETED']),
  startedAt: z.iso.datetime(),
  nextCheckAt: z.iso.datetime(),
  /** The number of checks until now. An execution that an older version began does not have it. */
  looks: z.int().optional(),
  partsDone: z.int(),
  partsExpected: z.int().optional(),
  /** The time since when it has not been IN_PROGRESS, but incomplete, absent or without an answer. */
  unsettledSince: z.iso.datetime().optional(),
  /** The state or error that was seen instead of IN_PROGRESS, for people. */
  remark: z.string().optional(),
});
export type Progress = z.infer<typeof progress>;

/** The time limits of a component's backup. */
export const limits = z.strictObject({
  /** The time for which INCOMPLETE, an unknown id or a missing answer may last before the backup counts as failed. */
  patienceSeconds: z.number(),
  /** The longest time for a component's backup. */
  timeoutSeconds: z.number(),
  /** The longest pause of exporting. */
  maxPauseSeconds: z.number(),
});
export type Limits = z.infer<typeof limits>;

export interface LookAtBackup {
  component: ComponentName;
  /** The answer of the component, or the error of the question. */
  seen: ComponentStatus | BackupError;
  before: Progress;
  now: number;
  limits: Limits;
  known?: Known | undefined;
  /** The time that the look took, if it was answered. */
  lookSeconds?: number | undefined;
  /** The moment at which the pause of exporting becomes too long, in milliseconds since 1970. */
  pauseEndsAt?: number | undefined;
  pacing: Pacing;
}

/**
 * Judges a look at a component. Returns the progress for the next check. Throws ComponentBackupFailed,
 * ComponentBackupInterrupted, ComponentTimedOut, or the error that lasted too long.
 */
export function afterLook(look: LookAtBackup): Progress {
  const { component, seen, before, now, limits } = look;
  const title = titles[component];
  if (!(seen instanceof BackupError)) {
    if (seen.state === 'COMPLETED') return completed(title, seen, before, now);
    if (seen.state === 'FAILED' || seen.state === 'INCOMPATIBLE') {
      const reason = why(seen);
      throw new BackupError(failedBackup(reason), `${title} says that its backup is ${seen.state}${reason}`, {
        remedy: adviceFor(reason),
      });
    }
  } else if (isFinal(seen)) {
    throw seen;
  }

  const elapsed = (now - Date.parse(before.startedAt)) / 1000;
  if (elapsed > limits.timeoutSeconds) {
    throw new BackupError(
      'ComponentTimedOut',
      `The backup of ${title} was not complete after ${formatSeconds(limits.timeoutSeconds)}`,
      { remedy: 'Read the log of the component. Raise `timeout` if the component is only slow.' },
    );
  }

  const partsDone = seen instanceof BackupError ? before.partsDone : doneOf(seen);
  const settled = !(seen instanceof BackupError) && seen.state === 'IN_PROGRESS';
  const looks = (before.looks ?? 0) + 1;
  const next: Progress = {
    state: 'IN_PROGRESS',
    startedAt: before.startedAt,
    nextCheckAt: nextCheckOf(look, looks, settled ? undefined : soonSecondsOf(look)),
    looks,
    partsDone,
  };
  const partsExpected = seen instanceof BackupError ? before.partsExpected : seen.expectedParts;
  if (partsExpected !== undefined) next.partsExpected = partsExpected;
  if (settled) return next;

  // These states may pass: between two parts a component is INCOMPLETE, and just after the start it may not know the
  // id.
  const progressed = partsDone > before.partsDone;
  const since = progressed ? undefined : before.unsettledSince;
  next.unsettledSince = since ?? new Date(now).toISOString();
  next.remark = seen instanceof BackupError ? seen.message : seen.state;
  const lasted = (now - Date.parse(next.unsettledSince)) / 1000;
  if (lasted < limits.patienceSeconds) return next;
  if (seen instanceof BackupError) throw seen;
  const reason = why(seen);
  const [name, what] =
    seen.state === 'ABSENT'
      ? (['ComponentBackupInterrupted', 'does not know the backup that it accepted'] as const)
      : ([failedBackup(reason), `has been ${seen.state}${reason}`] as const);
  throw new BackupError(name, `${title} ${what} for ${formatSeconds(lasted)}`, {
    remedy: remedies[seen.state] ?? 'Read the log of the component, and look at its own list of backups.',
  });
}

function nextCheckOf(look: LookAtBackup, looks: number, atMostSeconds: number | undefined): string {
  const { startedAt } = look.before;
  const { timeoutSeconds } = look.limits;
  const pace = { ...look, startedAt: Date.parse(startedAt), looks, atMostSeconds, timeoutSeconds };
  return new Date(nextCheckAt(pace)).toISOString();
}

/**
 * Late in a long backup, the next look may be minutes away. A state that may pass must be seen several times before it
 * counts.
 */
function soonSecondsOf({ limits: { patienceSeconds }, lookSeconds = 0, pacing }: LookAtBackup): number {
  const rest = Math.min(lookSeconds * pacing.timesTheLook, Math.floor(patienceSeconds / 4));
  return Math.max(pacing.stepSeconds, Math.floor(patienceSeconds / 10), rest);
}

const remedies: Partial<Record<ComponentState, string>> = {
  ABSENT:
    'A component that restarts just after the start loses the backup: back up again. Otherwise check the backup store.',
  INCOMPLETE: 'A part is missing: check the log of the component and the snapshot repository.',
  UNKNOWN: 'Check whether a newer version of camunda-backup knows this state; the component may be newer.',
};

/** Accepts COMPLETED only if every expected part exists and succeeded. Throws VerificationFailed otherwise. */
function completed(title: string, seen: ComponentStatus, before: Progress, now: number): Progress {
  const bad = seen.parts.filter((part) => !isDone(part.state));
  const missing = seen.expectedParts === undefined ? 0 : seen.expectedParts - seen.parts.length;
  if (bad.length > 0 || missing !== 0 || seen.parts.length === 0) {
    const parts = bad.map(({ name, state }) => `${name} is ${state}`).join(', ');
    throw new BackupError(
      'VerificationFailed',
      `${title} says that its backup is COMPLETED, with ${seen.parts.length} of ${seen.expectedParts ?? 'unknown'} parts${parts ? `: ${parts}` : ''}`,
    );
  }
  return {
    state: 'COMPLETED',
    startedAt: before.startedAt,
    nextCheckAt: new Date(now).toISOString(),
    partsDone: seen.parts.length,
    partsExpected: seen.expectedParts ?? seen.parts.length,
  };
}

function doneOf({ parts }: ComponentStatus): number {
  return parts.filter(({ state }) => isDone(state)).length;
}

function isDone(state: string): boolean {
  return state === 'SUCCESS' || state === 'COMPLETED';
}

function why({ failureReason, parts }: ComponentStatus): string {
  const ofPart = parts.find(({ failure }) => failure)?.failure;
  const reasons = [failureReason, failureReason?.includes(ofPart ?? '') ? undefined : ofPart];
  const said = reasons.flatMap((reason) => brief(reason ?? '') || []);
  return said.length > 0 ? `: ${said.join(': ')}` : '';
}

const longest = 500;

/** Shortens a component's reason to a sentence, because some reasons contain a Java stack trace. */
function brief(reason: string): string {
  const [sentence = ''] = reason.split(/\s+at [\w.$/@]+\(/);
  const oneLine = sentence.replace(/\s+/g, ' ').trim();
  return oneLine.length > longest ? `${oneLine.slice(0, longest)}…` : oneLine;
}

/** True for errors that do not pass by themselves, such as refused credentials, a missing secret or a broken pause. */
function isFinal(error: BackupError): boolean {
  const { status } = error;
  return status === 401 || status === 403 || isBackupError(error, ...final);
}
const final = [
  'SecretUnavailable',
  'AddressUnusable',
  'LedgerUnusable',
  'LockLost',
  'VerificationFailed',
] as const;
