import { costOf, costOfACall, price } from './backup-cost.ts';
import type { Measured } from './figures.ts';
import { countTwoBackups } from './long-backup.ts';

/** The published prices of us-east-1 in dollars a month, without free tiers. */
const priceOfAMonth = { metric: 0.3, alarm: 0.1, dashboard: 3, key: 1 };

/**
 * The requests of a look of the watchdog, which reads the lock twice, its memory and the newest ten manifests. A list
 * costs as much as a write.
 */
const requestsOfALook = { get: 13, list: 1 };

const perMonth = { backups: 30, sweeps: (30 * 24 * 60) / 5 };
/** The monthly resources for one cluster with four components. */
const standing = { metrics: 7 + 4, alarms: 10, dashboards: 1, keys: 1 };

/** Multiplies counts by prices for a ten-minute backup, and for a month with one backup a night. */
export async function measureCost(): Promise<Measured> {
  const [, later] = await countTwoBackups({ webApplications: 240, optimize: 60, records: 60, zeebe: 300 });
  const { calls, requests, dollars: backup } = costOf(later);
  const look = requestsOfALook.get * price.get + requestsOfALook.list * price.put;
  const sweeps = perMonth.sweeps * (costOfACall('WatchOverExporting') + look);
  const fixed =
    standing.metrics * priceOfAMonth.metric +
    standing.alarms * priceOfAMonth.alarm +
    standing.dashboards * priceOfAMonth.dashboard +
    standing.keys * priceOfAMonth.key;
  const dollars = (value: number, digits = 5) => `$${value.toFixed(digits)}`;
  return {
    figures: { dollarsPerBackup10min: Number(backup.together.toFixed(6)) },
    table: {
      title: 'Cost (us-east-1, without free tiers)',
      header: ['what', 'how many', 'dollars'],
      rows: [
        ['one 10-minute backup: transitions', String(later.transitions), dollars(backup.transitions)],
        ['  calls of functions, as 1 s each', String(calls), dollars(backup.lambda)],
        ['  requests to S3', String(requests), dollars(backup.requests)],
        ['  together', '', dollars(backup.together)],
        ['a month: backups', String(perMonth.backups), dollars(perMonth.backups * backup.together, 2)],
        ['  calls of the watchdog, as 1 s each', String(perMonth.sweeps), dollars(sweeps, 2)],
        [
          '  metrics, alarms, dashboard, key',
          `${standing.metrics} + ${standing.alarms} + ${standing.dashboards} + ${standing.keys}`,
          dollars(fixed, 2),
        ],
        ['  together', '', dollars(perMonth.backups * backup.together + sweeps + fixed, 2)],
      ],
    },
  };
}
