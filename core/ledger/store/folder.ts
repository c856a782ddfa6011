/**
 * The ledger in a local folder: for the command line, the demo and tests. One document is one file.
 *
 * - A document appears, and changes, at once: its text is written to a temporary file beside it, flushed, and
 *   then linked (create) or renamed (write, replace) to its name. A crash leaves at most a temporary file,
 *   which `list` ignores.
 * - On a file system without hard links (FAT, some network shares) `create` opens the file exclusively
 *   instead: still only one creator wins, but a crash in that moment can leave a part of the text.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { BackupError, describe } from '../../errors.ts';
import {
  ageOfFile,
  codeOf,
  createInPlace,
  flushFolder,
  rename,
  temporarySuffix,
  withTemporary,
} from './folder-files.ts';
import { guarded, guardSuffix } from './folder-guard.ts';
import type { Store } from './store.ts';

/** What `link` answers on file systems that have no hard links. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

export interface FolderStoreOptions {
  /** Replaced in tests, by one that behaves like a file system without hard links. */
  link?: (existing: string, target: string) => Promise<void>;
}

/** `folder` is made when the first document is written; a relative one is taken from the working directory. */
export function folderStore(folder: string, options: FolderStoreOptions = {}): Store {
  const root = path.resolve(folder);
  const link = options.link ?? fs.link;

  const fileOf = (key: string) => {
    checkKey(key);
    return path.join(root, ...key.split('/'));
  };

  async function read(key: string) {
    const file = fileOf(key);
    try {
      const text = await fs.readFile(file, 'utf8');
      return { text, version: versionOf(text) };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw failure('read', file, root, error);
    }
  }

  async function create(key: string, text: string) {
    const file = fileOf(key);
    return attempt('create', file, root, () =>
      withTemporary(file, text, async (temporary) => {
        try {
          await link(temporary, file);
        } catch (error) {
          const code = codeOf(error);
          if (code === 'EEXIST') return false;
          if (code === undefined || !noHardLinks.has(code)) throw error;
          if (!(await createInPlace(file, text))) return false;
        }
        await flushFolder(path.dirname(file));
        return true;
      }),
    );
  }

  async function write(key: string, text: string) {
    const file = fileOf(key);
    await attempt('write', file, root, () =>
      withTemporary(file, text, (temporary) => guarded(file, root, () => rename(temporary, file))),
    );
  }

  async function replace(key: string, text: string, version: string) {
    const file = fileOf(key);
    // Most losers are known without touching the disk; the comparison that counts is under the guard.
    if ((await read(key))?.version !== version) return false;
    return attempt('replace', file, root, () =>
      withTemporary(file, text, (temporary) =>
        guarded(file, root, async () => {
          if ((await read(key))?.version !== version) return false;
          await rename(temporary, file);
          return true;
        }),
      ),
    );
  }

  async function remove(key: string) {
    const file = fileOf(key);
    // Without this a guard would need the document's folder, which need not exist.
    if ((await read(key)) === undefined) return;
    await attempt('remove', file, root, () =>
      guarded(file, root, async () => {
        await fs.rm(file, { force: true });
        await flushFolder(path.dirname(file));
      }),
    );
  }

  async function ageOf(key: string) {
    const file = fileOf(key);
    const age = await attempt('read the age of', file, root, () => ageOfFile(file));
    return age && age.milliseconds / 1000;
  }

  async function entriesOf(folder: string) {
    const here = path.join(root, folder);
    try {
      return await fs.readdir(here, { withFileTypes: true });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw failure('list', here, root, error);
    }
  }

  async function list(prefix: string) {
    checkPrefix(prefix);
    const keys: string[] = [];
    const visit = async (parent: string) => {
      for (const entry of await entriesOf(parent)) {
        const key = parent + entry.name;
        if (entry.isDirectory()) {
          const below = `${key}/`;
          if (below.startsWith(prefix) || prefix.startsWith(below)) await visit(below);
        } else if (entry.isFile() && key.startsWith(prefix) && !isReserved(entry.name)) {
          keys.push(key);
        }
      }
    };
    await visit('');
    return keys.sort();
  }

  async function folders(folder: string, after = '') {
    checkPrefix(folder);
    const entries = await entriesOf(folder);
    return entries
      .filter((entry) => entry.isDirectory() && `${entry.name}/` > after)
      .map(({ name }) => name)
      .sort();
  }

  async function exists() {
    try {
      await fs.stat(root);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw failure('look at', root, root, error);
    }
  }

  return { read, create, write, replace, remove, ageOf, list, folders, exists, home: root, location: fileOf };
}

/**
 * Keys are the same for every store, so that a ledger can move between them: names joined by `/`, none of them
 * empty, `.` or `..`, and none that folderStore uses for its own files. Throws ConfigurationError: keys are
 * made from the cluster's name.
 */
export function checkKey(key: string): void {
  const wrong = key.split('/').some((name) => name === '' || isOutside(name) || isReserved(name));
  if (wrong) throw refusedKey(key);
}

/** Like checkKey, for a prefix: its last name may be unfinished, or empty. */
export function checkPrefix(prefix: string): void {
  const names = prefix.split('/');
  const last = names.pop() ?? '';
  if (names.some((name) => name === '' || isOutside(name)) || isOutside(last)) throw refusedKey(prefix);
}

function isOutside(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return name === '.' || name === '..' || /[\\\u0000-\u001f\u007f]/.test(name) || /^[A-Za-z]:/.test(name);
}

function isReserved(name: string): boolean {
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

/** A hash of the content: the same text is the same version. Ledger texts hold a run id or a time, so none comes back. */
function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function attempt<T>(verb: string, file: string, root: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof BackupError ? error : failure(verb, file, root, error);
  }
}

function failure(verb: string, file: string, root: string, error: unknown): BackupError {
  const code = codeOf(error) ?? '';
  return new BackupError(
    lasting.has(code) ? 'LedgerUnusable' : 'LedgerError',
    `Cannot ${verb} ${file}: ${describe(error)}.`,
    { remedy: remedyFor(code, root), cause: error },
  );
}

/** What does not pass by itself. */
const lasting = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENAMETOOLONG',
]);

function remedyFor(code: string, root: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `Give this user read and write permission for ${root}, or use another folder for the ledger.`;
    case 'EROFS':
      return `${root} is on a read-only file system: mount it so that it can be written.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `Free some space on the file system of ${root}.`;
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return `A file is where the ledger needs a folder, or the other way round: move it out of ${root}, or use another folder for the ledger.`;
    case 'ENAMETOOLONG':
      return 'Use a shorter name for the cluster, or a folder with a shorter path.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Raise the limit of open files (ulimit -n).';
    default:
      return `Check that ${root} is a folder that this user can read and write.`;
  }
}
