import { executionUrl } from './alerts.ts';
import { type FailedOrphan, failOrphans } from './backup/orphans.ts';
import { abandoned, type Repaired, repairLock } from './backup/repair.ts';
import type { ClusterConfig } from './config.ts';
import type { Context } from './context.ts';
import { formatSeconds } from './duration.ts';
import { BackupError, describe, isBackupError } from './errors.ts';
import { type Lock, mayBePaused } from './ledger/lock.ts';
import type { Manifest } from './ledger/manifest.ts';
import { describeOwner, isRunAlive } from './ledger/owner.ts';
import type { WatchMemory } from './ledger/watch-memory.ts';
import { watchUnexplainedPause } from './watch-pause.ts';

/** What the watchdog asks of Step Functions. */
export interface Executions {
  /** `gone` for one that has ended, in whatever way, or that is not known any more; `unknown` where nobody can be asked. */
  state(arn: string): Promise<'running' | 'gone' | 'unknown'>;
  /** Resolves when the stop was accepted. */
  stop(arn: string, cause: string): Promise<void>;
}

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets' | 'owner' | 'tell' | 'measure'> & {
  executions: Executions;
};

/** What a look at a cluster came to; goes into the log. */
export interface Watched {
  cluster: string;
  lock: 'free' | 'running' | 'repaired' | 'still-paused' | 'not-ours';
  /** Backups that no run was at work on any more; they are marked FAILED now. */
  orphans: number[];
  backupAgeSeconds: number;
}

/** How many of the newest backups each look reads. */
const looksBack = 10;

/**
 * Looks at one cluster: puts right what a dead run left behind, stops a run that keeps exporting paused for too
 * long, and notices when completed backups stay away, or a pause that no run explains. Idempotent; beside a running
 * backup it only looks.
 */
export async function watchCluster(cluster: string, config: ClusterConfig, context: Needs): Promise<Watched> {
  const lock = await context.ledger.readLock(cluster);
  const state = lock ? await watchLock(lock, config, context) : 'free';
  const left = state === 'still-paused' ? lock : await context.ledger.readLock(cluster);
  const paused = left && mayBePaused(left) ? left.pauseRequestedAt : undefined;
  const newest = await newestManifests(cluster, context);
  const orphans = await failOrphans(newest, context, (orphan) => tellOrphan(orphan, context));
  const backupAgeSeconds = await watchAge(cluster, newest, config, context);
  const unexplained = await watchUnexplainedPause(cluster, config, context);
  const pausedSince = paused ?? unexplained;
  context.measure([
    { name: 'BackupAgeSeconds', unit: 'Seconds', value: backupAgeSeconds, cluster },
    {
      name: 'ExportingPausedSeconds',
      unit: 'Seconds',
      value: pausedSince ? secondsSince(pausedSince, context) : 0,
      cluster,
    },
  ]);
  return { cluster, lock: state, orphans: orphans.map(({ backupId }) => backupId), backupAgeSeconds };
}

/** The newest first. */
async function newestManifests(cluster: string, { ledger }: Needs): Promise<Manifest[]> {
  const ids = await ledger.backupIds(cluster);
  return ledger.readManifests(cluster, ids.slice(-looksBack).reverse());
}

async function watchLock(lock: Lock, { maxPause }: ClusterConfig, context: Needs): Promise<Watched['lock']> {
  const { owner, pauseRequestedAt } = lock;
  const pausedSeconds = mayBePaused(lock) && pauseRequestedAt ? secondsSince(pauseRequestedAt, context) : 0;
  const tooLong = pausedSeconds > maxPause;
  const { executions } = context;
  const state = await stateOf(lock, context);
  if (state !== 'gone' && !tooLong) return state === 'running' ? 'running' : 'not-ours';
  if (state === 'running' && owner.kind === 'execution') {
    // First the end of the run, then the resume: it must not pause again behind our back.
    await executions.stop(owner.arn, pausedFor(lock, pausedSeconds));
    if ((await executions.state(owner.arn)) === 'running') {
      throw new BackupError('ServerTrouble', `The execution ${owner.arn} was stopped and still runs`);
    }
  } else if (state !== 'gone') {
    // A run of the command line somewhere else cannot be ended from here.
    await tellOtherHost(lock, state, context);
    return 'still-paused';
  }
  const failure =
    tooLong && owner.kind === 'execution'
      ? { error: 'PausedTooLong', message: `${pausedFor(lock, pausedSeconds)}; the run was stopped` }
      : abandoned(lock);
  let repaired: Repaired;
  try {
    repaired = await repairLock(lock, failure, context);
  } catch (error) {
    // Another watchdog is at it, or has done it.
    if (isBackupError(error, 'LockLost')) return 'running';
    const now = await context.ledger.readLock(lock.cluster);
    if (!now || !mayBePaused(now)) throw error;
    await tellStillPaused(now, error, context);
    return 'still-paused';
  }
  // It died between its last two steps: the backup is complete, only the lock was left.
  if (repaired.manifest?.state !== 'COMPLETED') await tellRepaired(repaired, failure.message, context);
  return 'repaired';
}

/** Step Functions knows its executions; of a run of the command line its heartbeat tells. */
async function stateOf(lock: Lock, context: Needs): Promise<'running' | 'gone' | 'unknown'> {
  if (lock.owner.kind === 'execution') return context.executions.state(lock.owner.arn);
  const alive = await isRunAlive(lock, context);
  return alive === 'alive' ? 'running' : alive;
}

async function tellRepaired(
  { lock, exporting, manifest }: Repaired,
  why: string,
  { ledger, tell }: Needs,
): Promise<void> {
  const resumed =
    exporting === 'not-paused' ? 'Exporting was not paused.' : `Exporting is resumed (${exporting}).`;
  await tell({
    kind: 'runAbandoned',
    severity: 'WARNING',
    cluster: lock.cluster,
    backupId: lock.backupId,
    reason: `${why}. ${resumed}`,
    remedy: `Start a new backup: the one of this run is not complete. ${leftoversOf(lock.cluster)}`,
    execution: executionUrl(lock.runId),
    manifest: manifest && ledger.manifestLocation(lock.cluster, manifest.backupId),
  });
}

/** Only of a manifest that is FAILED for good by now: a backup that completed meanwhile is no orphan. */
async function tellOrphan({ cluster, backupId, runId, failure }: FailedOrphan, { ledger, tell }: Needs) {
  await tell({
    kind: 'runAbandoned',
    severity: 'WARNING',
    cluster,
    backupId,
    reason: `${failure.message}. It is marked FAILED.`,
    remedy: `${failure.remedy} ${leftoversOf(cluster)}`,
    execution: executionUrl(runId),
    manifest: ledger.manifestLocation(cluster, backupId),
  });
}

/** The components' lists are slow, and the watchdog does not read them: a person does. */
function leftoversOf(cluster: string): string {
  return `What the components still have of it is shown by: camunda-backup repair --cluster ${cluster}`;
}

async function tellStillPaused(lock: Lock, error: unknown, { tell }: Needs): Promise<void> {
  const where = lock.exporting?.url;
  await tell({
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster: lock.cluster,
    backupId: lock.backupId,
    reason: `Exporting is paused since ${lock.pauseRequestedAt}, on behalf of a run that does not end it: ${describe(error)}. It is tried again every five minutes.`,
    remedy: `By hand: curl -X POST ${where ?? 'ZEEBE'}/actuator/exporting/resume (the "status" in the answer must be 204).`,
    execution: executionUrl(lock.runId),
  });
}

async function tellOtherHost(lock: Lock, state: 'running' | 'unknown', { tell }: Needs): Promise<void> {
  const lives = state === 'running' ? 'that run lives' : 'whether that run lives cannot be seen from here';
  const { cluster, owner, pauseRequestedAt, exporting } = lock;
  await tell({
    kind: 'exportingLeftPaused',
    severity: 'CRITICAL',
    cluster,
    backupId: lock.backupId,
    reason: `Exporting is paused since ${pauseRequestedAt} by ${describeOwner(owner)}, longer than \`maxPause\`; ${lives}.`,
    remedy: `End it where it runs (Ctrl-C, SIGTERM). If it lives no more: camunda-backup repair --cluster ${cluster} --force, or by hand: curl -X POST ${exporting?.url ?? 'ZEEBE'}/actuator/exporting/resume`,
  });
}

const repeatAfterSeconds = 24 * 3600;

async function watchAge(
  cluster: string,
  newest: Manifest[],
  { maxAge }: ClusterConfig,
  context: Needs,
): Promise<number> {
  const { ledger, tell } = context;
  const now = new Date(context.clock.now()).toISOString();
  const before = await ledger.readMemory(cluster);
  const last = newest.find(({ state }) => state === 'COMPLETED') ?? (await ledger.lastCompleted(cluster));
  const since = last?.startedAt ?? before?.watchedSince ?? now;
  const age = secondsSince(since, context);
  const next: WatchMemory = { ...before, watchedSince: before?.watchedSince ?? now };
  delete next.toldOfAgeAt;
  if (maxAge !== undefined && age > maxAge) {
    if (before?.toldOfAgeAt) next.toldOfAgeAt = before.toldOfAgeAt;
    if (!next.toldOfAgeAt || secondsSince(next.toldOfAgeAt, context) > repeatAfterSeconds) {
      await tell({
        kind: 'noRecentBackup',
        severity: 'CRITICAL',
        cluster,
        backupId: last?.backupId,
        reason: last
          ? `The last completed backup, ${last.backupId}, began ${formatSeconds(age)} ago; ${formatSeconds(maxAge)} are allowed`
          : `There is no completed backup, and the cluster is watched for ${formatSeconds(age)}; ${formatSeconds(maxAge)} are allowed`,
        remedy:
          'See whether the schedule is enabled, and why the last runs failed; then start a backup by hand.',
      });
      next.toldOfAgeAt = now;
    }
  }
  if (JSON.stringify(next) !== JSON.stringify(before)) await ledger.writeMemory(cluster, next);
  return age;
}

function pausedFor({ runId }: Lock, seconds: number): string {
  return `Exporting is paused for ${formatSeconds(seconds)} by the run ${runId}, longer than \`maxPause\``;
}

function secondsSince(instant: string, { clock }: Pick<Context, 'clock'>): number {
  return (clock.now() - Date.parse(instant)) / 1000;
}
