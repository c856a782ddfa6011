import { nowIso } from '../clock.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { ledgerTrouble } from '../error-names.ts';
import { describe, isBackupError } from '../errors.ts';
import type { Figure } from '../figures.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import type { UntoldAlert } from '../ledger/watch-memory.ts';
import { type FailedOrphan, failOrphans } from '../repair/orphans.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { tellPeople } from '../tell/tell-people.ts';
import { alertsOf } from '../tell/untold.ts';
import { ageInSeconds, lastCompleted, noticeAge } from './age.ts';
import { keepUntoldRuns } from './ended-runs.ts';
import { type Executions, leftoversOf, type SeenLock, type WatchedLock, watchLock } from './lock.ts';
import { noticeLongPause } from './long-pause.ts';
import { type Noticed, nothing, type Remembered, withRemembered } from './noticed.ts';
import { unknownOfLock } from './old-lock.ts';
import { noticeOverlongPause, pauseOf } from './pause.ts';
import { askForUnexplainedPause, noticeUnexplainedPause, unremembered } from './unexplained-pause.ts';
import { beginAnewIfUnreadable } from './unreadable-memory.ts';

type Needs = Pick<
  Context,
  | 'config'
  | 'ledger'
  | 'clock'
  | 'http'
  | 'secrets'
  | 'repairer'
  | 'tell'
  | 'publish'
  | 'measure'
  | 'warn'
  | 'commands'
  | 'unwritten'
> & { executions: Executions };

/** The result of a look at a cluster. It is written to the log. */
export interface Watched {
  cluster: string;
  lock: WatchedLock;
  /** The backups that no run works on any more. They are marked FAILED now. */
  orphans: number[];
  /** null if it is not known, because the backup is dated in the future. */
  backupAgeSeconds: number | null;
  /** How long exporting has been paused, by a run or by an unknown cause; null if that is not known. */
  pausedSeconds: number | null;
  /** Facts that should be known and are not, as sentences. */
  unknown: string[];
}

/** How many of the newest backups each look reads. */
const looksBack = 10;

/**
 * Looks at one cluster. It repairs what a dead run left behind, stops a run that keeps exporting paused for too long, and
 * notices when no recent backup is complete or when no run explains a pause. It is idempotent and does not disturb a running
 * backup. An error in one part does not stop the other parts; it is thrown at the end.
 *
 * The memory is read once and written once, at the end. Each part is a function of facts, the memory and the time. Alerts are
 * sent immediately, so that a later call that hangs does not delay them.
 */
export async function watchCluster(cluster: string, config: ClusterConfig, context: Needs): Promise<Watched> {
  const { ledger, commands } = context;
  const problems: unknown[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(error);
      return undefined;
    }
  };
  const tell: Context['tell'] = (alert) => tellPeople(alert, context);
  const changes: Remembered = {};
  const reported = new Set<string>();
  const report = async (noticed: Noticed) => {
    Object.assign(changes, noticed.memory);
    for (const { alert, told } of noticed.alerts) {
      reported.add(alert.kind);
      if (await attempt(() => tell(alert).then(() => true))) Object.assign(changes, told);
    }
  };
  const alerts = alertsOf(cluster, { ...context, tell });

  await attempt(() => beginAnewIfUnreadable(cluster, context));
  const began = context.clock.now();
  const watchedSince = nowIso(context);
  const memory = await attempt(async () => (await ledger.readMemory(cluster)) ?? { watchedSince });
  const lock = await readableLock(cluster, problems, context);
  const seenLock =
    lock === 'unreadable'
      ? undefined
      : lock
        ? await attempt(() => watchLock(lock, config, memory, alerts, context))
        : free;
  if (seenLock) await report(seenLock.noticed);
  const ids = await attempt(() => ledger.newestIds(cluster, looksBack, context));
  const newest = ids && (await attempt(() => ledger.readManifests(cluster, ids)));
  const orphans = await attempt(() =>
    failOrphans(newest ?? [], context, async (orphan) => {
      await alerts.keep(untoldOrphan(orphan, context));
    }),
  );
  if (memory) {
    const repaired = [lock === 'unreadable' ? undefined : lock, ...(orphans ?? [])].map((one) => one?.runId);
    const seenRuns = await attempt(() =>
      keepUntoldRuns(cluster, { began, memory, repaired }, alerts, context),
    );
    Object.assign(changes, seenRuns);
  }
  // One that cannot be read may be the COMPLETED backup of a run that has a FAILED one as well.
  const areAllRead = newest !== undefined && newest.length === ids?.length;
  await attempt(() => alerts.tell(areAllRead ? newest : []));

  const { maxAge } = config;
  const age =
    newest && memory && (await attempt(() => lastCompleted(cluster, { newest, maxAge }, memory, context)));
  const held = await attempt(async () => ({ holder: await ledger.readHolderIfPossible(cluster) }));
  const seen = held && (await attempt(() => askForUnexplainedPause(cluster, config, held.holder, context)));

  const now = context.clock.now();
  const clock = { now: () => now };
  if (memory && age) await report(noticeAge({ cluster, age, maxAge }, memory, clock));
  if (memory && held) {
    await report(noticeLongPause({ holder: held.holder, newest: newest ?? [], config }, memory, clock));
  }
  if (memory && seen) {
    await report(noticeUnexplainedPause({ cluster, config, seen, commands }, memory, clock));
  }
  const pause = memory && held && seen && pauseOf(held.holder, seen, memory, { ...context, clock });
  if (memory && pause && !reported.has('exportingLeftPaused')) {
    const alive = seenLock?.state === 'running' ? 'alive' : 'unknown';
    await report(noticeOverlongPause({ pause, config, commands, alive }, memory, clock));
  }
  if (memory) {
    if (problems.length === 0) changes.failing = undefined;
    await attempt(() =>
      ledger
        .changeMemory(cluster, (written) => withRemembered(written ?? memory, changes))
        .catch((error: unknown) => {
          throw seen?.is === 'unexplained' && isBackupError(error, ...ledgerTrouble)
            ? unremembered(error, seen, { cluster, config, commands })
            : error;
        }),
    );
  }

  const backupAgeSeconds = age && ageInSeconds(age, clock);
  await attempt(async () =>
    context.measure([
      ...figure('BackupAgeSeconds', backupAgeSeconds, cluster),
      ...figure('ExportingPausedSeconds', pause?.seconds, cluster),
    ]),
  );
  if (!seenLock || backupAgeSeconds === undefined || !held || !pause || problems.length > 0) {
    throw asOne(problems);
  }
  const { state } = seenLock;
  return {
    cluster,
    lock: state,
    orphans: (orphans ?? []).map(({ backupId }) => backupId),
    backupAgeSeconds,
    pausedSeconds: pause.seconds,
    unknown: [
      ...pause.unknown,
      ...(state === 'not-ours' ? unknownOfLock(held.holder, { commands, clock }) : []),
    ],
  };
}

const free: SeenLock = { state: 'free', noticed: nothing };

/** Counts a lock that cannot be read as a problem. The watchdog cannot repair it, but goes on with everything else. */
async function readableLock(
  cluster: string,
  problems: unknown[],
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<Lock | 'unreadable' | undefined> {
  try {
    return await ledger.readLock(cluster);
  } catch (error) {
    if (!isBackupError(error, 'LedgerCorrupt')) throw error;
    problems.push(error);
    return 'unreadable';
  }
}

/** Omits a metric whose value is not known. */
function figure(
  name: 'BackupAgeSeconds' | 'ExportingPausedSeconds',
  value: number | null | undefined,
  cluster: string,
): Figure[] {
  return value === undefined || value === null ? [] : [{ name, unit: 'Seconds', value, cluster }];
}

/** Makes one error of several problems. Equal sentences are written once. */
function asOne(problems: unknown[]): unknown {
  const sentences = new Set(problems.map(describe));
  return sentences.size > 1 ? new Error([...sentences].join('; ')) : problems[0];
}

function untoldOrphan(
  { cluster, backupId, runId, failure }: FailedOrphan,
  { ledger, commands }: Needs,
): UntoldAlert {
  return {
    runId,
    backupId,
    alert: {
      kind: 'runAbandoned',
      severity: 'WARNING',
      cluster,
      backupId,
      reason: `${failure.message}. It is marked FAILED.`,
      remedy: `${failure.remedy} ${leftoversOf(cluster, commands)}`,
      execution: executionUrl(runId),
      manifest: ledger.manifestLocation(cluster, backupId),
    },
  };
}
