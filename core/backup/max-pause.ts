import type { CheckFinding } from '../checks/finding.ts';
import { generationOf, type Order } from '../components/versions.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Manifest } from '../ledger/manifest.ts';

const hour = 3600;

/** Where the configuration says nothing: docs/decisions/0011 has the arithmetic. */
const defaults: Record<Order, number> = { PAUSE_FIRST: 6 * hour, APPLICATIONS_FIRST: hour };

/** What a pause may last before people are told while there is still as much time again. */
export const earlyShare = 0.5;

type Limited = Pick<ClusterConfig, 'maxPause' | 'version'>;

/**
 * For how many seconds a backup may keep exporting paused. Where its order is not known it is the longer default: a run
 * keeps to its own limit, and nobody else ends it before.
 */
export function maxPauseOf({ maxPause, version }: Limited, order?: Order): number {
  const known = order ?? (version === undefined ? undefined : generationOf(version)?.order);
  return maxPause ?? defaults[known ?? 'PAUSE_FIRST'];
}

/** For how many seconds a pause that no run explains may last before people are told. */
export function maxUnexplainedPauseOf({ maxPause }: Limited): number {
  return maxPause ?? hour;
}

/** Before the pause: the last backup came near the limit, so that this one may be ended by it. */
export function warnOfLongPause(last: Manifest | undefined, maxPauseSeconds: number): CheckFinding[] {
  const { pausedAt, resumedAt } = last?.exporting ?? {};
  if (!last || !pausedAt || !resumedAt) return [];
  const seconds = (Date.parse(resumedAt) - Date.parse(pausedAt)) / 1000;
  if (seconds < maxPauseSeconds * earlyShare) return [];
  return [
    {
      name: 'maxPause',
      severity: 'warning',
      subject: 'zeebe',
      says: `The last completed backup, ${last.backupId}, kept exporting paused for ${formatSeconds(seconds)}; a backup that needs more than ${formatSeconds(maxPauseSeconds)} (\`maxPause\`) is ended`,
      remedy:
        'See which component takes so long, or raise `maxPause` if the disks of the brokers bear a longer pause.',
    },
  ];
}
