import { once } from 'node:events';
import { createReadStream } from 'node:fs';
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

  async function list(below: string): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for (const entry of await entriesOf(below)) {
      const name = `${below}${entry.name}`;
      if (entry.isDirectory()) files.push(...(await list(`${name}/`)));
      else if (entry.isFile()) {
        const bytes = await sizeOf(location(name), root);
        if (bytes !== undefined) files.push({ name, bytes });
      }
    }
    return files;
  }

  return {
    async folders(below) {
      const entries = await entriesOf(below);
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    },

    list,

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
async function sizeOf(file: string, root: string): Promise<number | undefined> {
  try {
    return (await fs.stat(file)).size;
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
