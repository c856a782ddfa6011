import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ObjectStore } from './store.ts';

/** Files that are being written begin with this, and are no objects. */
const ASIDE = '.writing-';

/** Objects as files below a folder. A file appears as a whole or not at all, but is not synced to the disk. */
export function folderStore(folder: string): ObjectStore {
  return {
    kind: 'folder',
    async put(key, content) {
      const path = join(folder, key);
      await mkdir(dirname(path), { recursive: true });
      const aside = join(dirname(path), ASIDE + randomUUID());
      await writeFile(aside, content);
      await rename(aside, path);
    },
    get: (key) => readFile(join(folder, key)).catch(onlyIfMissing),
    async list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(onlyIfMissing);
      return (entries ?? [])
        .filter((entry) => entry.isFile() && !entry.name.startsWith(ASIDE))
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix))
        .sort();
    },
    delete: (key) => rm(join(folder, key), { force: true }),
  };
}

function onlyIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
