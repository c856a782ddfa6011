import { once } from 'node:events';
import { createReadStream, type Dirent, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { BackupError, describe } from '../../../errors.ts';
import type { StoredFile, StoreFiles } from './files.ts';
import { readThrough } from './read-through.ts';

/** The files of a store in a folder: a file system that the brokers share, which is mounted here too. */
export function folderFiles(folder: string): StoreFiles {
  const root = path.resolve(folder);
  const location = (name: string) => path.join(root, name);

  /** Returns if the file or folder does not exist. A folder that is not mounted here is no store without backups. */
  async function expectMissing(verb: string, name: string, error: unknown): Promise<void> {
    if (codeOf(error) !== 'ENOENT') throw failed(verb, location(name), root, error);
    if (!(await isThere(root))) throw notHere(root);
  }

  async function entriesOf(below: string) {
    try {
      return await fs.readdir(location(below), { withFileTypes: true });
    } catch (error) {
      await expectMissing('list', below, error);
      return [];
    }
  }

  /** What an entry is at the end of its links; undefined if it was deleted meanwhile, or leads nowhere. */
  async function kindOf(entry: Dirent, name: string): Promise<'folder' | 'file' | undefined> {
    if (entry.isDirectory()) return 'folder';
    if (entry.isFile()) return 'file';
    if (!entry.isSymbolicLink()) return undefined;
    const found = await statsOf(location(name), root);
    if (found?.isDirectory()) return 'folder';
    return found?.isFile() ? 'file' : undefined;
  }

  /** `above` has the folders on the way here, at the end of their links, so that a link to one of them does not go on for ever. */
  async function list(below: string, above: string[] = []): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    const entries = await entriesOf(below);
    if (entries.length === 0) return files;
    const here = await fs.realpath(location(below)).catch(() => location(below));
    if (above.includes(here)) return files;
    for (const entry of entries) {
      const name = `${below}${entry.name}`;
      const kind = await kindOf(entry, name);
      if (kind === 'folder') files.push(...(await list(`${name}/`, [...above, here])));
      else if (kind === 'file') {
        const bytes = (await statsOf(location(name), root))?.size;
        if (bytes !== undefined) files.push({ name, bytes });
      }
    }
    return files;
  }

  return {
    async folders(below) {
      const entries = await entriesOf(below);
      const folders: string[] = [];
      for (const entry of entries) {
        if ((await kindOf(entry, `${below}${entry.name}`)) === 'folder') folders.push(entry.name);
      }
      return folders;
    },

    list: (below) => list(below),

    async text(name) {
      try {
        return await fs.readFile(location(name), 'utf8');
      } catch (error) {
        await expectMissing('read', name, error);
        return undefined;
      }
    },

    async read(name, use, reading) {
      const file = location(name);
      const stream = createReadStream(file, { highWaterMark: pieceBytes });
      try {
        await once(stream, 'open');
      } catch (error) {
        await expectMissing('read', name, error);
        return 'missing';
      }
      await readThrough(stream, use, async (error) => failed('read', file, root, error), reading);
      return 'read';
    },

    replication: async () => undefined,

    home: root,
    location,
    close: () => undefined,
  };
}

/** Larger pieces than Node's own 64 KB need fewer calls for each file. */
const pieceBytes = 256 * 1024;

/** Undefined for a file that was deleted after its folder was listed. */
async function statsOf(file: string, root: string): Promise<Stats | undefined> {
  try {
    return await fs.stat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw failed('look at', file, root, error);
  }
}

async function isThere(root: string): Promise<boolean> {
  try {
    return (await fs.stat(root)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw failed('look at', root, root, error);
  }
}

function failed(verb: string, file: string, root: string, error: unknown): BackupError {
  const code = codeOf(error) ?? '';
  const what = `Cannot ${verb} ${file}: ${describe(error)}`;
  if (['EACCES', 'EPERM'].includes(code)) {
    return new BackupError('RequestRefused', what, { remedy: `Let this user read ${root}.`, cause: error });
  }
  return new BackupError('Unreachable', what, {
    remedy: `Check that ${root} is the folder of the backup store (\`zeebe.store.folder\`), and that its file system answers.`,
    cause: error,
  });
}

function notHere(root: string): BackupError {
  return new BackupError('AddressUnusable', `The folder ${root} of the backup store does not exist here`, {
    remedy:
      'Mount the file system of the backup store on this machine, at the path that `zeebe.store.folder` names.',
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
