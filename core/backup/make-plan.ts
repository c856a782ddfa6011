import type { ClusterFacts } from '../checks/facts.ts';
import { type Target, targetsIn } from '../components/target.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import type { Known } from '../pacing.ts';
import { maxPauseOf } from './max-pause.ts';
import type { Plan } from './plan.ts';
import type { BackupRequest } from './request.ts';

/**
 * Makes the plan. Its checks of each component follow the time that the component took in the last `completed` backups,
 * the newest first.
 */
export function makePlan(
  config: ClusterConfig,
  { reason, scheduledTime, attempt, backupId }: BackupRequest,
  run: Run,
  { order, exporting, targets }: ClusterFacts,
  completed: Manifest[],
): Plan {
  const all = targets.map((target) => ({ ...target, ...knownOf(target, completed) }));
  return {
    outcome: 'PLANNED',
    run,
    reason,
    ...(scheduledTime === undefined ? {} : { scheduledTime }),
    attempt,
    // An explicitly requested id is never retried under another id.
    attempts: backupId === undefined ? config.attempts : attempt,
    order,
    exporting,
    applications: targetsIn('applications', all),
    records: targetsIn('records', all),
    zeebe: targetsIn('zeebe', all),
    limits: {
      patienceSeconds: config.patience,
      timeoutSeconds: config.timeout,
      maxPauseSeconds: maxPauseOf(config, order),
    },
  };
}

function knownOf({ component: name }: Target, completed: Manifest[]): Known {
  const seconds = completed.flatMap(({ components }) => {
    const { startedAt, endedAt } = components.find(({ component }) => component === name) ?? {};
    return startedAt && endedAt ? [(Date.parse(endedAt) - Date.parse(startedAt)) / 1000] : [];
  });
  const [expectedSeconds, ...older] = seconds;
  if (expectedSeconds === undefined) return {};
  return { expectedSeconds, ...(older.length > 0 ? { shortestSeconds: Math.min(...seconds) } : {}) };
}
