import { errorNames } from '../core/error-names.ts';
import type { RunResult } from './result.ts';

/** The exit codes of the commands. README.md lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command was used wrongly, the configuration has mistakes, a secret cannot be used, or the id is refused. */
  usage: 2,
  /** Another backup holds the lock. */
  lockHeld: 3,
  /** `verify`: nothing is wrong, and something that must be known is not known. */
  unproven: 4,
  /** A signal ended the command, and exporting is not left paused. */
  interrupted: 130,
} as const;

/** Failures that the user caused. They come before the run has changed anything. */
const wrongUse = new Set(['ConfigurationError', 'SecretUnavailable', 'BackupIdRefused']);

export function exitCodeOf({ state, failure, backupId, pausedSeconds }: RunResult): number {
  if (state === 'COMPLETED') return exitCodes.done;
  if (state === 'SKIPPED') return exitCodes.lockHeld;
  if (state === 'INTERRUPTED') {
    // The code 130 promises that exporting is not left paused.
    return pausedSeconds === null ? exitCodes.failed : exitCodes.interrupted;
  }
  if (state === 'UNKNOWN') return exitCodes.failed;
  // After the backup has begun, the cluster causes these errors, for example because another backup took a higher id.
  return backupId === null && wrongUse.has(failure?.error ?? '') ? exitCodes.usage : exitCodes.failed;
}

/** The exit code of a command that an error ended. */
export function exitCodeOfError({ name }: { name: string }): number {
  if (name === errorNames.ConfigurationError || name === errorNames.SecretUnavailable) return exitCodes.usage;
  // LockLost means that another command is repairing the lock.
  return name === errorNames.LockHeld || name === errorNames.LockLost ? exitCodes.lockHeld : exitCodes.failed;
}
