import { definitionOf } from '../lambdas/functions.ts';
import type { Measured } from './figures.ts';
import { countTwoBackups } from './long-backup.ts';

/** The published prices of us-east-1 in dollars, without free tiers. */
const price = {
  transition: 0.025 / 1000,
  invocation: 0.2 / 1e6,
  gigabyteSecondArm: 0.000_013_333_4,
  put: 0.005 / 1000,
  get: 0.0004 / 1000,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  keyMonth: 1,
};

/** The assumed billed time of a call. A call takes less, even with a cold start. */
const secondsOfACall = 1;
/** The most documents that a call reads and writes. */
const requestsOfACall = { get: 2, put: 1 };

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
  const lambda = Object.entries(later.calls).map(([name, calls]) => calls * costOfACall(name));
  const calls = Object.values(later.calls).reduce((sum, count) => sum + count, 0);
  const parts = {
    transitions: later.transitions * price.transition,
    lambda: lambda.reduce((sum, dollars) => sum + dollars, 0),
    requests: calls * (requestsOfACall.get * price.get + requestsOfACall.put * price.put),
  };
  const backup = parts.transitions + parts.lambda + parts.requests;
  const look = requestsOfALook.get * price.get + requestsOfALook.list * price.put;
  const sweeps = perMonth.sweeps * (costOfACall('WatchOverExporting') + look);
  const fixed =
    standing.metrics * price.metricMonth +
    standing.alarms * price.alarmMonth +
    standing.dashboards * price.dashboardMonth +
    standing.keys * price.keyMonth;
  const dollars = (value: number, digits = 5) => `$${value.toFixed(digits)}`;
  return {
    figures: { dollarsPerBackup10min: Number(backup.toFixed(6)) },
    table: {
      title: 'Cost (us-east-1, without free tiers)',
      header: ['what', 'how many', 'dollars'],
      rows: [
        ['one 10-minute backup: transitions', String(later.transitions), dollars(parts.transitions)],
        ['  calls of functions, as 1 s each', String(calls), dollars(parts.lambda)],
        ['  requests to S3', String(calls * 3), dollars(parts.requests)],
        ['  together', '', dollars(backup)],
        ['a month: backups', String(perMonth.backups), dollars(perMonth.backups * backup, 2)],
        ['  calls of the watchdog, as 1 s each', String(perMonth.sweeps), dollars(sweeps, 2)],
        [
          '  metrics, alarms, dashboard, key',
          `${standing.metrics} + ${standing.alarms} + ${standing.dashboards} + ${standing.keys}`,
          dollars(fixed, 2),
        ],
        ['  together', '', dollars(perMonth.backups * backup + sweeps + fixed, 2)],
      ],
    },
  };
}

function costOfACall(name: string): number {
  const { memoryMegabytes } = definitionOf(name);
  return price.invocation + (memoryMegabytes / 1024) * secondsOfACall * price.gigabyteSecondArm;
}
