import { type BackupError, isBackupError } from '../errors.ts';

/** The answer to a question, or the error because of which it is not known. */
export type Fact<T> = { known: T; unknown?: undefined } | { known?: undefined; unknown: BackupError };

export async function factOf<T>(ask: () => T | Promise<T>): Promise<Fact<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    return { unknown: onlyBackupErrors(error) };
  }
}

/** Returns a BackupError and rethrows every other error, because that is a bug here and no fact about the cluster. */
export function onlyBackupErrors(error: unknown): BackupError {
  if (isBackupError(error)) return error;
  throw error;
}
