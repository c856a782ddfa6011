import type { CheckFinding } from '../checks/finding.ts';
import { generationOf, type Order } from '../components/versions.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Manifest } from '../ledger/manifest.ts';

const hour = 3600;

/** The limits if the configuration has none, in seconds. docs/decisions/0011 explains them. */
const defaults: Record<Order, number> = { PAUSE_FIRST: 6 * hour, APPLICATIONS_FIRST: hour };

/** The share of the limit after which people are warned, so that half of the time is left. */
export const earlyShare = 0.5;

type Limited = Pick<ClusterConfig, 'maxPause' | 'version'>;

/**
 * The seconds for which a backup may keep exporting paused. If the order of the backup is not known, this is the longer
 * default, so that the watchdog does not stop a run before the run's own limit.
 */
export function maxPauseOf({ maxPause, version }: Limited, order?: Order): number {
  const known = order ?? (version === undefined ? undefined : generationOf(version)?.order);
  return maxPause ?? defaults[known ?? 'PAUSE_FIRST'];
}

/** The seconds for which a pause that no run explains may last before people are told. */
export function maxUnexplainedPauseOf({ maxPause }: Limited): number {
  return maxPause ?? hour;
}

/** Warns before the pause if the last backup came near the limit, because the limit may end this one. */
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
        'Find out which component takes so long, or raise `maxPause` if the disks of the brokers have room for a longer pause.',
    },
  ];
}
