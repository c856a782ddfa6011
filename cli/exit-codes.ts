import { type BackupError, isBackupError } from '../core/errors.ts';
import type { RunResult } from './result.ts';

/** What a command ends with; README.md lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Wrong use, a configuration with mistakes, a secret that cannot be used, an id that is refused. */
  usage: 2,
  /** Another backup holds the lock. */
  lockHeld: 3,
  /** By a signal; exporting is not left paused. */
  interrupted: 130,
} as const;

/** Failures that the one who started the run caused: nothing was touched. */
const wrongUse = new Set(['ConfigurationError', 'SecretUnavailable', 'BackupIdRefused']);

export function exitCodeOf({ state, failure, backupId, pausedSeconds }: RunResult): number {
  if (state === 'COMPLETED') return exitCodes.done;
  if (state === 'SKIPPED') return exitCodes.lockHeld;
  if (state === 'INTERRUPTED') {
    // Whoever interrupts a run relies on it that exporting is resumed.
    return pausedSeconds === null ? exitCodes.failed : exitCodes.interrupted;
  }
  if (state === 'UNKNOWN') return exitCodes.failed;
  // Once there is a backup, the same errors are the cluster's, such as an id that somebody else has overtaken.
  return backupId === null && wrongUse.has(failure?.error ?? '') ? exitCodes.usage : exitCodes.failed;
}

/** Of an error that ended a command. */
export function exitCodeOfError(error: BackupError): number {
  if (isBackupError(error, 'ConfigurationError', 'SecretUnavailable')) return exitCodes.usage;
  // LockLost: another command is repairing it.
  return isBackupError(error, 'LockHeld', 'LockLost') ? exitCodes.lockHeld : exitCodes.failed;
}
