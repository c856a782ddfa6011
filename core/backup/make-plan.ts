import type { ClusterFacts } from '../checks/facts.ts';
import { type Target, targetsIn } from '../components/target.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import { maxPauseOf } from './max-pause.ts';
import type { Plan } from './plan.ts';
import type { BackupRequest } from './request.ts';

/**
 * Makes the plan. Its checks of each component follow the time that the component took in `last`, the newest completed
 * backup.
 */
export function makePlan(
  config: ClusterConfig,
  { reason, scheduledTime, attempt, backupId }: BackupRequest,
  run: Run,
  { order, exporting, targets }: ClusterFacts,
  last: Manifest | undefined,
): Plan {
  const paced = (target: Target): Target => {
    const entry = last?.components.find(({ component }) => component === target.component);
    if (!entry?.startedAt || !entry.endedAt) return target;
    return { ...target, expectedSeconds: (Date.parse(entry.endedAt) - Date.parse(entry.startedAt)) / 1000 };
  };
  const all = targets.map(paced);
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
