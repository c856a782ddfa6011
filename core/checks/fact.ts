import { type BackupError, isBackupError } from '../errors.ts';

/** What was asked for; or why it is not known. */
export type Fact<T> = { known: T; unknown?: undefined } | { known?: undefined; unknown: BackupError };

export async function factOf<T>(ask: () => T | Promise<T>): Promise<Fact<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    return { unknown: onlyBackupErrors(error) };
  }
}

/** Anything else is a defect of this program, and says nothing about the cluster. */
export function onlyBackupErrors(error: unknown): BackupError {
  if (isBackupError(error)) return error;
  throw error;
}
