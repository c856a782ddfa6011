import { type ErrorName, errorNames } from './error-names.ts';
import { remedyByName } from './remedies.ts';

export interface ErrorDetails {
  /** The instruction for the reader, as an imperative sentence. If it is omitted, the error gets the remedy of its name. */
  remedy?: string | undefined;
  cause?: unknown;
  /** The HTTP status of the answer, if there was one. */
  status?: number;
}

/**
 * The only error class of this project. Its `name` tells the errors apart. Its `message` is a sentence for people that says
 * what failed, where, and what the server answered. Its `remedy` says what to do.
 */
export class BackupError extends Error {
  override readonly name: ErrorName;
  readonly remedy: string | undefined;
  readonly status: number | undefined;

  constructor(name: ErrorName, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = errorNames[name];
    this.remedy = details.remedy ?? remedyByName(name);
    this.status = details.status;
  }
}

export function isBackupError(error: unknown, ...names: ErrorName[]): error is BackupError {
  return error instanceof BackupError && (names.length === 0 || names.some((name) => error.name === name));
}

/** Any thrown value as a sentence. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.message || code || error.name;
}
