import type { CheckFinding } from '../checks/finding.ts';
import { warningsOf } from '../checks/judge.ts';
import { nowIso } from '../clock.ts';
import { targetsOf } from '../components/stages.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { lockLost } from '../ledger/lock/lock-lost.ts';
import { owns } from '../ledger/lock/ownership.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { failManifest } from './fail-manifest.ts';
import type { Plan } from './plan.ts';
import type { BackupRequest } from './request.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/**
 * Writes the manifest of a backup that is about to begin. A manifest that this run wrote before stays as it is. Throws
 * BackupIdRefused if another run has a manifest under this id. If the run was repaired while it prepared the backup,
 * marks the manifest FAILED and throws LockLost, because no backup may look alive without its run.
 */
export async function beginManifest(
  plan: Plan,
  { replaces }: BackupRequest,
  findings: CheckFinding[],
  { version }: ClusterConfig,
  lock: Lock,
  context: Needs,
): Promise<void> {
  const { ledger } = context;
  const { run } = plan;
  if (!(await ledger.createManifest(manifestOf(plan, replaces, findings, version, context)))) {
    const there = await ledger.readManifest(run.cluster, run.backupId);
    if (there?.runId !== run.runId) {
      throw new BackupError(
        'BackupIdRefused',
        `The ledger has a backup ${run.backupId} of the run ${there?.runId} already`,
      );
    }
  }
  const now = await ledger.readLock(run.cluster);
  if (now && owns(run, now)) return;
  const failure = { error: 'Abandoned', message: 'The run lost its lock while it prepared' };
  await failManifest(lock, run.backupId, failure, context);
  throw lockLost(run, now);
}

function manifestOf(
  plan: Plan,
  replaces: number | undefined,
  findings: CheckFinding[],
  configuredVersion: string | undefined,
  context: Needs,
): Manifest {
  const [zeebe] = plan.zeebe;
  return {
    format: 1,
    ...plan.run,
    reason: plan.reason,
    ...(plan.scheduledTime === undefined ? {} : { scheduledTime: plan.scheduledTime }),
    attempt: plan.attempt,
    ...(replaces === undefined ? {} : { replaces }),
    state: 'RUNNING',
    startedAt: nowIso(context),
    order: plan.order,
    ...(zeebe?.version ? { camundaVersion: zeebe.version } : configuredVersion ? { configuredVersion } : {}),
    expectedComponents: targetsOf(plan).map(({ component }) => component),
    components: [],
    exporting: { leftPaused: false },
    warnings: warningsOf(findings),
  };
}
