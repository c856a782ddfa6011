import * as z from 'zod';
import { askForId, chosenId } from '../checks/chosen-id.ts';
import { gatherFacts } from '../checks/facts.ts';
import type { Found } from '../checks/found.ts';
import { judge, kept, refuse, requireReady, warningsOf } from '../checks/judge.ts';
import { nowIso } from '../clock.ts';
import { madeId, requestedId } from '../components/backup-id.ts';
import type { CamundaTarget, RecordsTarget } from '../components/target.ts';
import { chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { type Lock, mayBePaused } from '../ledger/lock.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { lockLost, owns } from '../ledger/ownership.ts';
import { chooseId, nextId } from './choose-id.ts';
import { failManifest } from './fail-manifest.ts';
import { maxPauseOf, warnOfLongPause } from './max-pause.ts';
import type { Plan } from './plan.ts';

/** What starts a backup: a schedule, or a person. */
export const backupRequest = z.strictObject({
  cluster: z.string(),
  reason: z.string().min(1).max(200).default('manual'),
  backupId: requestedId.optional(),
  /** The moment of a schedule: one moment makes one backup. */
  scheduledTime: z.string().min(1).optional(),
  /** Which try of the run this is, and the failed backup before it: the state machine says so, people do not. */
  attempt: z.int().positive().default(1),
  replaces: madeId.optional(),
});
export type BackupRequest = z.infer<typeof backupRequest>;

/** Another run holds the lock, or has made this moment's backup: no error, and nothing was done. */
export interface Skipped {
  outcome: 'SKIPPED';
  cluster: string;
  because: string;
  heldBy?: Lock;
}

/**
 * Takes the lock, finds out what the cluster is and whether it can be backed up, chooses the id and writes the
 * manifest. Nothing in the cluster is changed. Called again in the same run it makes the same plan; after the run's
 * end it throws LockLost.
 */
export async function prepareBackup(
  request: BackupRequest,
  runId: string,
  context: Context,
): Promise<Plan | Skipped> {
  const { ledger } = context;
  const { cluster: config } = chooseCluster(await context.config(), request.cluster);
  const wanted: Lock = {
    format: 1,
    cluster: request.cluster,
    runId,
    owner: context.owner(runId),
    reason: request.reason,
    acquiredAt: nowIso(context),
  };
  const { lock, isNew, releasedBy } = await ledger.acquire(wanted);
  const { attempt } = request;
  if (lock.runId !== runId) {
    if (attempt > 1) throw lockLost({ cluster: request.cluster, runId }, lock);
    const because = `the run ${lock.runId} holds the lock of ${request.cluster} since ${lock.acquiredAt}`;
    return { outcome: 'SKIPPED', cluster: request.cluster, because, heldBy: lock };
  }
  const already = await backupOfMoment(request, runId, context);
  if (already) {
    await ledger.release(request.cluster, runId);
    return { outcome: 'SKIPPED', cluster: request.cluster, because: already };
  }
  if (isNew && (attempt > 1 || releasedBy === runId || (await hasBackup(request.cluster, runId, context)))) {
    await ledger.release(request.cluster, runId);
    throw lockLost({ cluster: request.cluster, runId }, undefined);
  }

  const ledgerIds = await ledger.backupIds(request.cluster);
  const ours = {
    runId,
    ids: [lock.backupId, request.replaces],
    paused: mayBePaused(lock),
    deleteLeftovers: context.commands.repair(request.cluster, { deleteLeftovers: true }),
    resume: context.commands.repair(request.cluster, { resumeUnexplained: true }),
    ledgerIds,
    near: request.backupId ?? nextId(ledgerIds, context),
  };
  const facts = await gatherFacts(config, ours, context);
  const findings = judge(facts);
  const discovered = requireReady(facts, findings);
  const { lists } = discovered;
  const chosen = lock.backupId ?? chooseId(request, ledgerIds, lists, context);
  if (lock.backupId === undefined) {
    refuse(chosenId(chosen, await askForId(chosen, lists, runId, context)));
  }
  const { backupId = chosen } = await ledger.changeLock(request.cluster, runId, (now) => {
    if ((now.attempt ?? 1) !== attempt) throw lockLost({ cluster: request.cluster, runId }, now);
    // Called twice at once, both must make the same plan.
    return { backupId: now.backupId ?? chosen, exporting: now.exporting ?? discovered.exporting };
  });
  const limits = {
    patienceSeconds: config.patience,
    timeoutSeconds: config.timeout,
    maxPauseSeconds: maxPauseOf(config, discovered.order),
  };
  const run = { cluster: request.cluster, backupId, runId };
  const last = await ledger.lastCompleted(request.cluster);
  const plan = withExpectations(
    {
      outcome: 'PLANNED',
      run,
      reason: request.reason,
      ...(request.scheduledTime === undefined ? {} : { scheduledTime: request.scheduledTime }),
      attempt,
      // Who asks for an id wants that one and no other.
      attempts: request.backupId === undefined ? config.attempts : attempt,
      order: discovered.order,
      exporting: discovered.exporting,
      applications: discovered.applications,
      records: discovered.records ? [discovered.records] : [],
      zeebe: [discovered.zeebe],
      limits,
    },
    last,
  );
  const noticed = [...findings, ...warnOfLongPause(last, limits.maxPauseSeconds)];
  await writeManifest(plan, request.replaces, noticed, config.version, context);
  // A run that was stopped and put right while it prepared must leave nothing that looks alive.
  const now = await ledger.readLock(request.cluster);
  if (!now || !owns(run, now)) {
    await failManifest(
      lock,
      backupId,
      { error: 'Abandoned', message: 'The run lost its lock while it prepared' },
      context,
    );
    throw lockLost(run, now);
  }
  return plan;
}

/** EventBridge Scheduler may deliver a moment twice, the second time after the first backup has ended. */
async function backupOfMoment(
  { cluster, scheduledTime }: BackupRequest,
  runId: string,
  { ledger }: Context,
): Promise<string | undefined> {
  if (scheduledTime === undefined) return undefined;
  for await (const manifest of ledger.manifests(cluster)) {
    if (manifest.scheduledTime === scheduledTime && manifest.runId !== runId) {
      return `the backup ${manifest.backupId} of the run ${manifest.runId} was made for ${scheduledTime}`;
    }
    // A backup for this moment cannot have begun before it.
    if (Date.parse(manifest.startedAt) < Date.parse(scheduledTime)) return undefined;
  }
  return undefined;
}

/**
 * Whether this run has made a backup before: then it has ended, and this is a late call of nobody who waits. Late
 * means hours at most.
 */
async function hasBackup(cluster: string, runId: string, { ledger, clock }: Context): Promise<boolean> {
  const dayAgo = clock.now() - 24 * 3600_000;
  for await (const manifest of ledger.manifests(cluster)) {
    if (manifest.runId === runId) return true;
    if (Date.parse(manifest.startedAt) < dayAgo) return false;
  }
  return false;
}

/** How long each component took in the last completed backup: what the pace of the checks goes by. */
function withExpectations(plan: Plan, last: Manifest | undefined): Plan {
  const paced = <T extends CamundaTarget | RecordsTarget>(target: T): T => {
    const entry = last?.components.find(({ component }) => component === target.component);
    if (!entry?.startedAt || !entry.endedAt) return target;
    return { ...target, expectedSeconds: (Date.parse(entry.endedAt) - Date.parse(entry.startedAt)) / 1000 };
  };
  return {
    ...plan,
    applications: plan.applications.map(paced),
    records: plan.records.map(paced),
    zeebe: plan.zeebe.map(paced),
  };
}

async function writeManifest(
  plan: Plan,
  replaces: number | undefined,
  findings: Found[],
  configuredVersion: string | undefined,
  context: Context,
): Promise<void> {
  const { run } = plan;
  const targets = [...plan.applications, ...plan.records, ...plan.zeebe];
  const [zeebe] = plan.zeebe;
  const manifest: Manifest = {
    format: 1,
    ...run,
    reason: plan.reason,
    ...(plan.scheduledTime === undefined ? {} : { scheduledTime: plan.scheduledTime }),
    attempt: plan.attempt,
    ...(replaces === undefined ? {} : { replaces }),
    state: 'RUNNING',
    startedAt: nowIso(context),
    order: plan.order,
    ...(zeebe?.version ? { camundaVersion: zeebe.version } : configuredVersion ? { configuredVersion } : {}),
    expectedComponents: targets.map(({ component }) => component),
    components: [],
    exporting: { leftPaused: false },
    warnings: warningsOf(findings),
    ...(findings.length === 0 ? {} : { findings: kept(findings) }),
  };
  if (await context.ledger.createManifest(manifest)) return;
  const there = await context.ledger.readManifest(run.cluster, run.backupId);
  if (there?.runId === run.runId) return;
  throw new BackupError(
    'BackupIdRefused',
    `The ledger has a backup ${run.backupId} of the run ${there?.runId} already`,
  );
}
