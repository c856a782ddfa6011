import { BackupError } from '../core/errors.ts';
import type { Failure } from '../core/ledger/manifest.ts';
import { splitRemedy, withRemedy } from '../lambdas/carried-error.ts';

/** Converts a thrown value into the form that the ledger and `--json` use. */
export function failureOf(thrown: unknown): Failure {
  const { name: error, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const remedy = thrown instanceof BackupError ? thrown.remedy : undefined;
  return { error, message, ...(remedy ? { remedy } : {}) };
}

/** Converts an error that has passed through the state machine. Its message contains its remedy. */
export function carriedFailure({ name, message }: { name: string; message: string }): Failure {
  return { error: name, ...splitRemedy(message) };
}

/** The reverse of `carriedFailure`: the form in which a Catch puts an error into the state of a run. */
export function caught({ error, message, remedy }: Failure): { Error: string; Cause: string } {
  return { Error: error, Cause: withRemedy(message, remedy) };
}
