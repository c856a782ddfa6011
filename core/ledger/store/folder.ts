/**
 * The ledger in a local folder, for the command line, the demo and tests. Each document is one file.
 *
 * - Documents appear and change atomically. The text is written to a temporary file beside the document, flushed, and
 *   then linked (create) or renamed (write, replace) to its name. A crash leaves at most a temporary file, which `list`
 *   ignores.
 * - On a file system without hard links (FAT, some network shares), `create` opens the file exclusively instead. Still
 *   only one creator wins, but a crash at that moment can leave a part of the text.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { BackupError } from '../../errors.ts';
import { folderFailure } from './folder-errors.ts';
import { ageOfFile, createInPlace, fileCodeOf, flushFolder, rename, withTemporary } from './folder-files.ts';
import { guarded } from './folder-guard.ts';
import { checkKey, checkPrefix, isReserved } from './key.ts';
import type { Store } from './store.ts';

/** The errors of `link` on file systems without hard links. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

export interface FolderStoreOptions {
  /** Tests replace it with a function that behaves like a file system without hard links. */
  link?: (existing: string, target: string) => Promise<void>;
}

/** Opens a ledger. `folder` may be relative to the working directory. It is created with the first document. */
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
      if (fileCodeOf(error) === 'ENOENT') return undefined;
      throw folderFailure('read', file, root, error);
    }
  }

  async function create(key: string, text: string) {
    const file = fileOf(key);
    return attempt('create', file, root, () =>
      withTemporary(file, text, async (temporary) => {
        try {
          await link(temporary, file);
        } catch (error) {
          const code = fileCodeOf(error);
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
    // This finds most losers without a write. Only the comparison under the guard decides.
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
    // The guard needs the document's folder, which may be missing if there is no document.
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
      if (fileCodeOf(error) === 'ENOENT') return [];
      throw folderFailure('list', here, root, error);
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
      if (fileCodeOf(error) === 'ENOENT') return false;
      throw folderFailure('look at', root, root, error);
    }
  }

  return { read, create, write, replace, remove, ageOf, list, folders, exists, home: root, location: fileOf };
}

/** Hashes the text. No text of a ledger is ever repeated, because each contains a run id or a time. */
function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function attempt<T>(verb: string, file: string, root: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof BackupError ? error : folderFailure(verb, file, root, error);
  }
}
