import { BackupError } from '../../errors.ts';
import { temporarySuffix } from './folder-files.ts';
import { guardSuffix } from './folder-guard.ts';

/**
 * Checks a key. Keys are the same for every store, so that a ledger can be moved: names joined by `/`, none of them
 * empty, `.` or `..`, and none that folderStore uses for its own files. Throws ConfigurationError, because keys contain
 * the configured name of the cluster.
 */
export function checkKey(key: string): void {
  const wrong = key.split('/').some((name) => name === '' || isOutside(name) || isReserved(name));
  if (wrong) throw refusedKey(key);
}

/** Checks a prefix of keys. Its last name may be incomplete or empty. */
export function checkPrefix(prefix: string): void {
  const names = prefix.split('/');
  const last = names.pop() ?? '';
  if (names.some((name) => name === '' || isOutside(name)) || isOutside(last)) throw refusedKey(prefix);
}

function isOutside(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return name === '.' || name === '..' || /[\\\u0000-\u001f\u007f]/.test(name) || /^[A-Za-z]:/.test(name);
}

/** True for a name that folderStore uses for its own files. */
export function isReserved(name: string): boolean {
  return name.endsWith(temporarySuffix) || name.endsWith(guardSuffix);
}

function refusedKey(key: string): BackupError {
  return new BackupError(
    'ConfigurationError',
    `${JSON.stringify(key)} cannot be the name of a document in the ledger.`,
    {
      remedy: `Use names joined by "/", without "..", "\\" and control characters, that do not end in ${temporarySuffix} or ${guardSuffix}.`,
    },
  );
}
