import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../alert.ts';
import type { Context } from '../context.ts';
import { describe, isBackupError } from '../errors.ts';
import type { UntoldAlert } from '../ledger/watch-memory.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;
/** What an alert is about. */
type Of = Pick<UntoldAlert, 'runId' | 'backupId'>;

/** How long telling people may take: what hangs must not keep a state, or the watchdog, from its end. */
export const tellSeconds = 15;

const areOfTheSame = (one: Of, other: Of) => one.runId === other.runId && one.backupId === other.backupId;

/** A field that is not there, and one that is undefined, are the same in a document. */
export function isSameUntold(one: UntoldAlert, other: UntoldAlert): boolean {
  const asWritten = (untold: UntoldAlert): unknown => JSON.parse(JSON.stringify(untold));
  return isDeepStrictEqual(asWritten(one), asWritten(other));
}

/** Writes down what people are to be told of a backup, in place of what was written of it before; the watchdog tells it. */
export function keepUntold(cluster: string, untold: UntoldAlert, context: Needs): Promise<void> {
  const watchedSince = new Date(context.clock.now()).toISOString();
  return context.ledger.changeMemory(cluster, (memory) => ({
    watchedSince,
    ...memory,
    untold: [...(memory?.untold ?? []).filter((one) => !areOfTheSame(one, untold)), untold],
  }));
}

/** People are told of what is `done` with. */
export function forgetUntold(
  cluster: string,
  done: (untold: UntoldAlert) => boolean,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<void> {
  return ledger.changeMemory(cluster, (memory) => {
    if (!memory?.untold) return memory;
    const { untold, ...rest } = memory;
    const others = untold.filter((one) => !done(one));
    return others.length > 0 ? { ...rest, untold: others } : rest;
  });
}

/** What people are still to be told of a run. */
export async function untoldOf(
  cluster: string,
  runId: string,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<UntoldAlert | undefined> {
  return (await ledger.readMemory(cluster))?.untold?.find((one) => one.runId === runId);
}

/** Tells people what is told again as long as it is so; false where they could not be told. */
export type Tells = (alert: Alert) => Promise<boolean>;

export interface Alerts {
  keep(untold: UntoldAlert): Promise<void>;
  /** It was not done. */
  drop(of: Of): Promise<void>;
  /** Throws where people could not be told of everything; the next look tells them. */
  tell(): Promise<void>;
}

/**
 * The alerts of one look of the watchdog: each is written down before it is done what it tells of, so that a look that
 * dies, or people who cannot be told, lose none. Told is all that is written down, by whomever. `tell` has a time limit.
 */
export function alertsOf(cluster: string, context: Needs & Pick<Context, 'tell' | 'warn'>): Alerts {
  const { ledger } = context;
  /** What could not be written down: nothing that has to be done waits for that. */
  let unwritten: UntoldAlert[] = [];
  const drop = async (of: Of) => {
    unwritten = unwritten.filter((one) => !areOfTheSame(one, of));
    await forgetUntold(cluster, (one) => areOfTheSame(one, of), context);
  };

  return {
    drop,

    async keep(untold) {
      unwritten = unwritten.filter((one) => !areOfTheSame(one, untold));
      try {
        await keepUntold(cluster, untold, context);
      } catch (error) {
        unwritten.push(untold);
        context.warn(
          `What people are to be told of ${cluster} could not be written down: ${describe(error)}`,
        );
      }
    },

    async tell() {
      const problems: string[] = [];
      const noted = (error: unknown) => {
        problems.push(describe(error));
        return undefined;
      };
      const written = (await ledger.readMemory(cluster).catch(noted))?.untold ?? [];
      const older = written.filter((one) => !unwritten.some((newer) => areOfTheSame(one, newer)));
      // Side by side: one that hangs keeps no other one waiting.
      const told = await Promise.all(
        [...older, ...unwritten].map((untold) => tellOne(cluster, untold, context).catch(noted)),
      );
      const done = told.filter((untold) => untold !== undefined);
      // What was written down meanwhile of the same backup is not told.
      if (done.length > 0) {
        const isDone = (untold: UntoldAlert) => done.some((one) => isSameUntold(one, untold));
        await forgetUntold(cluster, isDone, context).catch(noted);
      }
      if (problems.length > 0) throw new Error(`People could not be told: ${problems.join('; ')}`);
    },
  };
}

/** Returns what is done with: people are told, or the backup is complete after all. */
async function tellOne(
  cluster: string,
  untold: UntoldAlert,
  context: Needs & Pick<Context, 'tell'>,
): Promise<UntoldAlert | undefined> {
  const { runId, backupId, alert } = untold;
  const lock = await context.ledger.readLock(cluster);
  // As long as the run has the lock, it is not done.
  if (lock?.runId === runId) return undefined;
  const isDone = backupId !== undefined && (await isComplete(cluster, { runId, backupId }, context));
  if (!isDone) await context.tell(alert);
  return untold;
}

async function isComplete(
  cluster: string,
  { runId, backupId }: { runId: string; backupId: number },
  { ledger }: Needs,
): Promise<boolean> {
  try {
    const manifest = await ledger.readManifest(cluster, backupId);
    return manifest?.runId === runId && manifest.state === 'COMPLETED';
  } catch (error) {
    if (isBackupError(error, 'LedgerCorrupt')) return false;
    throw error;
  }
}
