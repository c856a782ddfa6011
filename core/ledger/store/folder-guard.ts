/**
 * The guard of a document in a folder: a file beside it that one process at a time has. It goes away with the change
 * that it guards, or is taken away when whoever made it has died.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackupError } from '../../errors.ts';
import { ageOfFile, createInPlace, type FileId, isSameFile, temporarySuffix } from './folder-files.ts';

/** What the name of a guard ends in. */
export const guardSuffix = '.replacing';

/** A guard is held for a few milliseconds; one this old was left by a process that died. */
const guardIsStaleAfter = 10_000;
/** One that is there for so long is worth a look at its age. */
const guardIsSuspectAfter = 100;
/** Longer than a stale guard lives, so that only a file that cannot be removed ends the wait. */
const guardIsGivenUpAfter = 30_000;

/**
 * Runs `action` while no other process changes `file`. A file system compares nothing when it renames, so
 * whoever compares and then writes needs everybody who writes or removes to wait for that moment.
 */
export async function guarded<T>(file: string, root: string, action: () => Promise<T>): Promise<T> {
  const guard = file + guardSuffix;
  const token = `${process.pid} ${randomUUID()}`;
  const started = performance.now();
  const breakStale = staleBreaker(guard);
  while (!(await createInPlace(guard, token))) {
    if (performance.now() - started > guardIsGivenUpAfter) {
      throw new BackupError('LedgerError', `${guard} is held by another process and does not go away.`, {
        remedy: `Make sure that no other command uses ${root}, then delete ${guard}.`,
      });
    }
    if (!(await breakStale())) await sleep(2 + Math.random() * 10);
  }
  try {
    return await action();
  } finally {
    // Ours only: when this process was stopped for long, another has broken the guard and holds its own.
    const held = await fs.readFile(guard, 'utf8').catch(() => undefined);
    if (held === token) await fs.rm(guard, { force: true }).catch(() => undefined);
  }
}

/**
 * Takes a guard away that its owner left behind. True when it is worth trying again at once. The age of the guard is
 * read once; from then on this process counts.
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
      // Where it cannot be read, such as on a full disk, it is as old as it was watched.
      const age = await ageOfFile(guard).catch(() => undefined);
      if (age && !isSameFile(watched.file, age.file)) return false;
      watched.begunAt = age ? now - age.milliseconds : watched.since;
    }
    return now - watched.begunAt >= guardIsStaleAfter && breakGuard(guard, watched.file);
  };
}

async function breakGuard(guard: string, seen: FileId): Promise<boolean> {
  // Of several who saw the same stale guard one gets the ticket that is named after it. Whoever gets it later looks
  // again and finds another guard, or none: a fresh guard is never removed.
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
