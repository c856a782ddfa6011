import { isDeepStrictEqual } from 'node:util';
import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import { BackupError, describe, isBackupError } from '../errors.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { UntoldAlert, WatchMemory } from '../ledger/watch-memory.ts';
import { failedEvent, publish } from './events.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;
/** The run and the backup that an alert is about. */
type Of = Pick<UntoldAlert, 'runId' | 'backupId'>;

const areOfTheSame = (one: Of, other: Of) => one.runId === other.runId && one.backupId === other.backupId;

/** Compares two alerts as JSON, where a missing field and an undefined one are the same. */
export function isSameUntold(one: UntoldAlert, other: UntoldAlert): boolean {
  const asWritten = (untold: UntoldAlert): unknown => JSON.parse(JSON.stringify(untold));
  return isDeepStrictEqual(asWritten(one), asWritten(other));
}

/**
 * Records an alert for the watchdog to send, with the moment of its first record. It replaces an earlier record for the
 * same run and backup. Returns the record.
 */
export async function keepUntold(cluster: string, untold: UntoldAlert, context: Needs): Promise<UntoldAlert> {
  const now = nowIso(context);
  const kept = { ...untold, alert: { ...untold.alert, at: untold.alert.at ?? now } };
  await context.ledger.changeMemory(cluster, (memory) => ({
    watchedSince: now,
    ...memory,
    untold: [...(memory?.untold ?? []).filter((one) => !areOfTheSame(one, untold)), kept],
  }));
  return kept;
}

/** The number of runs that are remembered. A look of the watchdog, every five minutes, needs only the last ones. */
const rememberedRuns = 50;

/**
 * Removes the recorded alerts that were sent, and remembers that people were told of these runs. Only executions are
 * remembered, because only they are looked for again. So an older command line can read the memory of a cluster that is
 * only backed up by the command line.
 */
export function rememberTold(
  cluster: string,
  runIds: string[],
  isSent: (untold: UntoldAlert) => boolean,
  { ledger, clock }: Needs,
): Promise<void> {
  const watchedSince = new Date(clock.now()).toISOString();
  const executions = runIds.filter((runId) => runId.startsWith('arn:'));
  return ledger.changeMemory(cluster, (memory) => {
    const others = withoutAlerts(memory, isSent);
    const before = memory?.toldOfRuns ?? [];
    const added = executions.filter((runId) => !before.includes(runId));
    if (added.length === 0) return others;
    return { watchedSince, ...others, toldOfRuns: [...before, ...added].slice(-rememberedRuns) };
  });
}

/** Removes the recorded alerts whose reason did not occur. */
function dropUntold(cluster: string, of: Of, { ledger }: Pick<Needs, 'ledger'>): Promise<void> {
  return ledger.changeMemory(cluster, (memory) => withoutAlerts(memory, (one) => areOfTheSame(one, of)));
}

function withoutAlerts(
  memory: WatchMemory | undefined,
  done: (untold: UntoldAlert) => boolean,
): WatchMemory | undefined {
  if (!memory?.untold) return memory;
  const { untold, ...rest } = memory;
  const others = untold.filter((one) => !done(one));
  return others.length > 0 ? { ...rest, untold: others } : rest;
}

/** The recorded alert about a run that has not been sent yet. */
export async function untoldOf(
  cluster: string,
  runId: string,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<UntoldAlert | undefined> {
  return (await ledger.readMemory(cluster))?.untold?.find((one) => one.runId === runId);
}

export interface Alerts {
  /** Records an alert. Returns false if the ledger could not be written; then only this look can send it. */
  keep(untold: UntoldAlert): Promise<boolean>;
  /** Removes an alert because its reason did not occur. */
  drop(of: Of): Promise<void>;
  /**
   * Sends all alerts, and the events of failed backups. `newest` are the newest manifests, the newest first, unless one of
   * them cannot be read. Throws if one alert could not be sent; the watchdog's next look sends it.
   */
  tell(newest: Manifest[]): Promise<void>;
}

/**
 * The alerts of one look of the watchdog. An alert is recorded before the watchdog does what the alert reports, so that
 * no alert is lost if the look dies or the alert cannot be sent. `tell` sends every recorded alert, including those of
 * other runs, within a time limit.
 */
export function alertsOf(
  cluster: string,
  context: Needs & Pick<Context, 'tell' | 'publish' | 'warn'>,
): Alerts {
  const { ledger } = context;
  /** Alerts that could not be recorded. The watchdog's work does not wait for the ledger. */
  let unwritten: UntoldAlert[] = [];
  const drop = async (of: Of) => {
    unwritten = unwritten.filter((one) => !areOfTheSame(one, of));
    await dropUntold(cluster, of, context);
  };

  return {
    drop,

    async keep(untold) {
      unwritten = unwritten.filter((one) => !areOfTheSame(one, untold));
      try {
        await keepUntold(cluster, untold, context);
        return true;
      } catch (error) {
        unwritten.push(untold);
        context.warn(`The alert about ${cluster} could not be recorded: ${describe(error)}`);
        return false;
      }
    },

    async tell(newest) {
      const problems: unknown[] = [];
      const noted = (error: unknown) => {
        problems.push(error);
        return undefined;
      };
      const written = (await ledger.readMemory(cluster).catch(noted))?.untold ?? [];
      const older = written.filter((one) => !unwritten.some((newer) => areOfTheSame(one, newer)));
      // They are sent concurrently, so that one that hangs does not delay the others.
      const told = await Promise.all(
        [...older, ...unwritten].map((untold) => tellOne(cluster, untold, newest, context).catch(noted)),
      );
      const done = told.filter((untold) => untold !== undefined);
      // An alert that was recorded meanwhile for the same backup has not been sent, so it stays.
      if (done.length > 0) {
        const isDone = (untold: UntoldAlert) => done.some((one) => isSameUntold(one, untold));
        const runIds = done.map(({ runId }) => runId);
        await rememberTold(cluster, runIds, isDone, context).catch(noted);
      }
      if (problems.length === 0) return;
      const message = `People could not be told: ${problems.map(describe).join('; ')}`;
      const remedy = problems.find((problem) => isBackupError(problem))?.remedy;
      throw new BackupError('AlertFailed', message, { remedy });
    },
  };
}

/**
 * Sends one alert unless the backup is complete after all, and the event of a backup whose manifest is FAILED. Returns it if
 * it is done, and undefined if it has to wait.
 */
async function tellOne(
  cluster: string,
  untold: UntoldAlert,
  newest: Manifest[],
  context: Needs & Pick<Context, 'tell' | 'publish' | 'warn'>,
): Promise<UntoldAlert | undefined> {
  const { runId, backupId, alert } = untold;
  const lock = await context.ledger.readLock(cluster);
  // The alert reports what is done to the run, which has not happened while the run holds the lock.
  if (lock?.runId === runId) return undefined;
  const own = backupId === undefined ? undefined : await manifestOf(cluster, { runId, backupId }, context);
  if (own?.state === 'COMPLETED') return untold;
  // Before its next try has a manifest, a run only has that of the try before.
  const manifest = own ?? newest.find((one) => one.runId === runId);
  // Only a manifest that is FAILED can never become COMPLETED, so that no run has two different events of its end.
  const published =
    manifest?.state === 'FAILED' ? publish(failedEvent(manifest, context), context) : undefined;
  try {
    await context.tell(alert);
  } finally {
    await published;
  }
  return untold;
}

/** The manifest of this run's backup; undefined if there is none, or if it cannot be read. */
async function manifestOf(
  cluster: string,
  { runId, backupId }: { runId: string; backupId: number },
  { ledger }: Needs,
): Promise<Manifest | undefined> {
  try {
    const manifest = await ledger.readManifest(cluster, backupId);
    return manifest?.runId === runId ? manifest : undefined;
  } catch (error) {
    if (isBackupError(error, 'LedgerCorrupt')) return undefined;
    throw error;
  }
}
