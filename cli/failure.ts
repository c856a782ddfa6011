import { BackupError } from '../core/errors.ts';
import type { Failure } from '../core/ledger/manifest.ts';
import { splitRemedy, withRemedy } from '../lambdas/failure.ts';

/** What was thrown, in the shape of the ledger and of `--json`. */
export function failureOf(thrown: unknown): Failure {
  const { name: error, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const remedy = thrown instanceof BackupError ? thrown.remedy : undefined;
  return { error, message, ...(remedy ? { remedy } : {}) };
}

/** The same of an error that the state machine has carried, which has its remedy in its message. */
export function carriedFailure({ name, message }: { name: string; message: string }): Failure {
  return { error: name, ...splitRemedy(message) };
}

/** The way back: a failure as a Catch puts it into the state of a run. */
export function caught({ error, message, remedy }: Failure): { Error: string; Cause: string } {
  return { Error: error, Cause: withRemedy(message, remedy) };
}
