/** File operations for folderStore: files that appear atomically, survive a power cut and have an age. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/** The end of the name of a file that is written but not a document yet. */
export const temporarySuffix = '.tmp';

/** Writes `text`, flushed, to a new file beside `file`, and removes that name when `use` is done. */
export async function withTemporary<T>(file: string, text: string, use: (temporary: string) => Promise<T>) {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}${temporarySuffix}`;
  try {
    await writeNew(temporary, text);
    return await use(temporary);
  } finally {
    // A temporary file that stays does no harm, and must not hide an earlier error.
    await fs.rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function writeNew(file: string, text: string): Promise<void> {
  const handle = await fs.open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a file on a file system without hard links. Returns false if the file exists. */
export async function createInPlace(file: string, text: string): Promise<boolean> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file, 'wx', 0o600);
  } catch (error) {
    if (fileCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await fs.rm(file, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

export async function rename(temporary: string, file: string): Promise<void> {
  await fs.rename(temporary, file);
  await flushFolder(path.dirname(file));
}

/** Makes a new name survive a power cut. Not every system can flush a folder; there the name may be lost. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

export interface FileId {
  ino: number;
  mtimeMs: number;
}

export function isSameFile(one: FileId, other: FileId): boolean {
  return one.ino === other.ino && one.mtimeMs === other.mtimeMs;
}

/**
 * Returns the time since the last change of a file. It compares the file's time with that of a new file beside it, so
 * that on a file server both come from the server's clock.
 */
export async function ageOfFile(file: string): Promise<{ file: FileId; milliseconds: number } | undefined> {
  const seen = await statOfOpened(file);
  if (seen === undefined) return undefined;
  const { mtimeMs: now } = await withTemporary(file, '.', (temporary) => fs.stat(temporary));
  return { file: seen, milliseconds: Math.max(0, now - seen.mtimeMs) };
}

/** Opens the file first, because the client of a file server may use cached times until a file is opened. */
async function statOfOpened(file: string): Promise<FileId | undefined> {
  const handle = await fs.open(file, 'r').catch((error: unknown) => {
    if (fileCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return await handle?.stat();
  } finally {
    await handle?.close();
  }
}

export function fileCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
