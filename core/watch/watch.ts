import { isAhead, secondsSince } from '../clock.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { describe, isBackupError } from '../errors.ts';
import type { Figure } from '../figures.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import { unwrittenResume } from '../ledger/lock/unwritten-resume.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { UntoldAlert } from '../ledger/watch-memory.ts';
import { type FailedOrphan, failOrphans } from '../repair/orphans.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { alertsOf, type Tells, tellSeconds } from '../tell/untold.ts';
import { within } from '../within.ts';
import { watchAge } from './age.ts';
import { type Executions, leftoversOf, type WatchedLock, watchLock } from './lock.ts';
import { watchLongPause } from './long-pause.ts';
import { unknownOfLock } from './old-lock.ts';
import { watchUnexplainedPause } from './unexplained-pause.ts';
import { beginAnewIfUnreadable } from './unreadable-memory.ts';

type Needs = Pick<
  Context,
  | 'ledger'
  | 'clock'
  | 'http'
  | 'secrets'
  | 'repairer'
  | 'tell'
  | 'measure'
  | 'warn'
  | 'commands'
  | 'unwritten'
> & { executions: Executions };

/** What a look at a cluster came to; goes into the log. */
export interface Watched {
  cluster: string;
  lock: WatchedLock;
  /** Backups that no run was at work on any more; they are marked FAILED now. */
  orphans: number[];
  /** null where it is not known: the backup is dated in the future. */
  backupAgeSeconds: number | null;
  /** For how long exporting has been paused, by a run or by nobody knows whom; null where that is not known. */
  pausedSeconds: number | null;
  /** What has to be known, and is not, as sentences. */
  unknown: string[];
}

/** How many of the newest backups each look reads. */
const looksBack = 10;

/**
 * Looks at one cluster: puts right what a dead run left behind, stops a run that keeps exporting paused for too
 * long, and notices when completed backups stay away, or a pause that no run explains. Idempotent; beside a running
 * backup it only looks. What goes wrong in one part keeps it from no other part, and is thrown in the end.
 */
export async function watchCluster(cluster: string, config: ClusterConfig, given: Needs): Promise<Watched> {
  const { ledger } = given;
  const problems: unknown[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(error);
      return undefined;
    }
  };

  const tell: Context['tell'] = (alert) => within(tellSeconds, () => given.tell(alert), given);
  const tells: Tells = async (alert) => (await attempt(() => tell(alert).then(() => true))) ?? false;
  const context = { ...given, tells };
  const alerts = alertsOf(cluster, { ...given, tell });

  await attempt(() => beginAnewIfUnreadable(cluster, context));
  const lock = await ledger.readLock(cluster).catch((error: unknown) => {
    if (!isBackupError(error, 'LedgerCorrupt')) throw error;
    // Nobody can put it right from here; everything else of the cluster is watched all the same.
    problems.push(error);
    return 'unreadable' as const;
  });
  const state =
    lock === 'unreadable'
      ? undefined
      : lock
        ? await attempt(() => watchLock(lock, config, alerts, context))
        : 'free';
  const ids = ledger.newestIds(cluster, context);
  const newest = await attempt(() => newestManifests(cluster, ids, context));
  const orphans = await attempt(() =>
    failOrphans(newest ?? [], context, (orphan) => alerts.keep(untoldOrphan(orphan, context))),
  );
  await attempt(() => alerts.tell());
  const age = newest && (await attempt(() => watchAge(cluster, newest, ids, config, context)));
  await attempt(() => watchLongPause(cluster, newest ?? [], config, context));
  const pause = await attempt(() => watchPause(cluster, config, context));
  const figure = (
    name: 'BackupAgeSeconds' | 'ExportingPausedSeconds',
    value: number | null | undefined,
  ): Figure[] => (value === undefined || value === null ? [] : [{ name, unit: 'Seconds', value, cluster }]);
  await attempt(async () =>
    context.measure([
      ...figure('BackupAgeSeconds', age),
      ...figure('ExportingPausedSeconds', pause?.seconds),
    ]),
  );
  if (state === undefined || age === undefined || pause === undefined || problems.length > 0)
    throw together(problems);
  return {
    cluster,
    lock: state,
    orphans: (orphans ?? []).map(({ backupId }) => backupId),
    backupAgeSeconds: age,
    pausedSeconds: pause.seconds,
    unknown: [...pause.unknown, ...(state === 'not-ours' ? await unknownOfLock(cluster, context) : [])],
  };
}

/** What is in the way of several parts is one problem. */
function together(problems: unknown[]): unknown {
  const sentences = new Set(problems.map(describe));
  return sentences.size > 1 ? new Error([...sentences].join('; ')) : problems[0];
}

/** `seconds` is null where the pause is dated in the future, or where nobody can see whether there is one. */
async function watchPause(
  cluster: string,
  config: ClusterConfig,
  context: Needs & { tells: Tells },
): Promise<{ seconds: number | null; unknown: string[] }> {
  const lock = await context.ledger.readHolderIfPossible(cluster);
  const { since: unexplained, unknown } = await watchUnexplainedPause(cluster, config, context);
  const isPaused = lock && mayBePaused(lock) && !unwrittenResume(lock, context);
  const since = isPaused ? lock.pause.requestedAt : unexplained;
  if (!since) {
    const why = unknown.map((one) => `whether exporting is paused is not known: ${one}`);
    return { seconds: unknown.length > 0 ? null : 0, unknown: why };
  }
  const seconds = isAhead(since, context.clock) ? null : secondsSince(since, context);
  return { seconds, unknown: unknown.map((one) => `whether exporting is still paused is not known: ${one}`) };
}

/** The newest first. */
async function newestManifests(
  cluster: string,
  ids: AsyncIterable<number>,
  { ledger }: Needs,
): Promise<Manifest[]> {
  const newest: number[] = [];
  for await (const id of ids) {
    newest.push(id);
    if (newest.length === looksBack) break;
  }
  return ledger.readManifests(cluster, newest);
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
