/**
 * The guard of a document in a folder. It is a file beside the document that only one process at a time can create.
 * That process removes it after its change; if the process dies, another one removes it.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackupError } from '../../errors.ts';
import { ageOfFile, createInPlace, type FileId, isSameFile, temporarySuffix } from './folder-files.ts';

/** The end of the name of a guard. */
export const guardSuffix = '.replacing';

/** A guard is held for a few milliseconds. A guard of this age was left by a process that died. */
const guardIsStaleAfter = 10_000;
/** After this time a process checks the age of the guard. */
const guardIsSuspectAfter = 100;
/** This is longer than a stale guard lives, so the wait fails only if the file cannot be removed. */
const guardIsGivenUpAfter = 30_000;

/**
 * Runs `action` while no other process changes `file`. A rename cannot compare the old contents, so every process that
 * writes or removes the file must wait while another one compares and writes.
 */
export async function guarded<T>(file: string, root: string, action: () => Promise<T>): Promise<T> {
  const guard = file + guardSuffix;
  const token = `${process.pid} ${randomUUID()}`;
  const started = performance.now();
  const breakStale = staleBreaker(guard);
  while (!(await createInPlace(guard, token))) {
    if (performance.now() - started > guardIsGivenUpAfter) {
      throw new BackupError('LedgerError', `${guard} is held by another process and does not disappear.`, {
        remedy: `Make sure that no other command uses ${root}, then delete ${guard}.`,
      });
    }
    if (!(await breakStale())) await sleep(2 + Math.random() * 10);
  }
  try {
    return await action();
  } finally {
    // Remove only our own guard. If this process was suspended, another one may have replaced the guard.
    const held = await fs.readFile(guard, 'utf8').catch(() => undefined);
    if (held === token) await fs.rm(guard, { force: true }).catch(() => undefined);
  }
}

/**
 * Returns a function that removes a guard whose owner has died. Its result is true if the caller should retry at once.
 * The age of the guard is read once; from then on this process measures the time itself.
 */
function staleBreaker(guard: string): () => Promise<boolean> {
  let watched: { file: FileId; since: number; begunAt?: number } | undefined;
  return async () => {
    const seen = await fs.stat(guard).catch(() => undefined);
    if (seen === undefined) return true;
    const now = performance.now();
    if (!watched || !isSameFile(watched.file, seen)) watched = { file: seen, since: now };
    if (now - watched.since < guardIsSuspectAfter) return false;
    if (watched.begunAt === undefined) {
      // If the age cannot be read, such as on a full disk, the time since the first look counts.
      const age = await ageOfFile(guard).catch(() => undefined);
      if (age && !isSameFile(watched.file, age.file)) return false;
      watched.begunAt = age ? now - age.milliseconds : watched.since;
    }
    return now - watched.begunAt >= guardIsStaleAfter && breakGuard(guard, watched.file);
  };
}

async function breakGuard(guard: string, seen: FileId): Promise<boolean> {
  // Several processes may see the same stale guard, and only one can create the ticket that is named after it. A later
  // one looks again and finds another guard or none, so a fresh guard is never removed.
  const ticket = `${guard}.${seen.ino}-${seen.mtimeMs}${temporarySuffix}`;
  if (!(await createInPlace(ticket, ''))) return false;
  try {
    const now = await fs.stat(guard).catch(() => undefined);
    if (now && isSameFile(now, seen)) await fs.rm(guard, { force: true });
    return true;
  } finally {
    await fs.rm(ticket, { force: true }).catch(() => undefined);
  }
}
