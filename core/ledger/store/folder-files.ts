/** Files as folderStore needs them: that appear at once, survive a power cut, and have an age. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/** What a file's name ends in that is written and not yet a document. */
export const temporarySuffix = '.tmp';

/** Writes `text`, flushed, to a new file beside `file`, and removes that name when `use` is done. */
export async function withTemporary<T>(file: string, text: string, use: (temporary: string) => Promise<T>) {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}${temporarySuffix}`;
  try {
    await writeNew(temporary, text);
    return await use(temporary);
  } finally {
    // A name that stays behind does no harm, and must not hide what went wrong.
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

/** Where there are no hard links. False when the file exists. */
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
 * For how long a file has been as it is: its time is compared with that of a file that is written beside it now. On a
 * file server the server's clock gives both.
 */
export async function ageOfFile(file: string): Promise<{ file: FileId; milliseconds: number } | undefined> {
  const seen = await statOfOpened(file);
  if (seen === undefined) return undefined;
  const { mtimeMs: now } = await withTemporary(file, '.', (temporary) => fs.stat(temporary));
  return { file: seen, milliseconds: Math.max(0, now - seen.mtimeMs) };
}

/** A client of a file server keeps the times of files for a while, and asks for them when a file is opened. */
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
