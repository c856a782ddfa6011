import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const unfinished = '.unfinished-';

/** Where downloads stay between runs. Nothing in it is ever changed after it appeared. */
export function cacheFolder(): string {
  return process.env['CAMUNDA_BACKUP_CACHE'] || join(homedir(), '.cache', 'camunda-backup');
}

export function isCached(name: string): boolean {
  return existsSync(join(cacheFolder(), name));
}

/**
 * The folder `name` of the cache; filled first if it is not there. `fill` gets an empty folder to work in and
 * answers what of it is to be kept. It appears in one step, so two runs may fill it at the same time: one wins.
 */
export async function cached(name: string, fill: (scratch: string) => Promise<string>): Promise<string> {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) return target;
  const scratch = newScratch();
  try {
    moveInto(await fill(scratch), target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return target;
}

/** Copies a file into the cache, in one step. */
export function keepFile(file: string, name: string): void {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) return;
  const scratch = newScratch();
  try {
    const copy = join(scratch, basename(target));
    copyFileSync(file, copy);
    moveInto(copy, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function newScratch(): string {
  mkdirSync(cacheFolder(), { recursive: true });
  removeOldScratches();
  return mkdtempSync(join(cacheFolder(), unfinished));
}

function moveInto(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  try {
    renameSync(source, target);
  } catch (error) {
    // another run was faster, and has the same
    if (!existsSync(target)) throw error;
  }
}

/** A run that was killed while it filled the cache leaves its scratch folder; a day later it is nobody's. */
function removeOldScratches(): void {
  const aDayAgo = Date.now() - 24 * 60 * 60 * 1000;
  for (const name of readdirSync(cacheFolder())) {
    if (!name.startsWith(unfinished)) continue;
    const folder = join(cacheFolder(), name);
    const since = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && since < aDayAgo) rmSync(folder, { recursive: true, force: true });
  }
}
