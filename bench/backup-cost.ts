import { definitionOf } from '../lambdas/functions.ts';
import type { DeployedBackup } from './deployed-cluster.ts';

/**
 * The published prices of us-east-1 in dollars, without free tiers. They are on aws.amazon.com/SERVICE/pricing. A month has
 * 730 hours. Rules of EventBridge, Step Functions' other calls and the metrics of AWS's own services cost nothing.
 */
export const price = {
  transition: 0.025 / 1000,
  invocation: 0.2 / 1e6,
  gigabyteSecondArm: 0.000_013_333_4,
  put: 0.005 / 1000,
  get: 0.0004 / 1000,
  metricMonth: 0.3,
  /** An expression over several metrics costs this for each of them. */
  alarmMonth: 0.1,
  compositeAlarmMonth: 0.5,
  dashboardMonth: 3,
  keyMonth: 1,
  secretMonth: 0.4,
  secretCall: 0.05 / 10_000,
  scheduledStart: 1 / 1e6,
  snsCall: 0.5 / 1e6,
  /** An event of a source that is not AWS: https://aws.amazon.com/eventbridge/pricing/ */
  event: 1 / 1e6,
  trace: 5 / 1e6,
  /** It is written, and then kept for three months, which is the default. */
  logByte: (0.5 + 3 * 0.03) / 1e9,
  /** An interface endpoint in one availability zone. */
  endpointMonth: 0.01 * 730,
};

/** The assumed billed time of a call. A call takes less, even with a cold start. */
const secondsOfACall = 1;
/** The most documents that a call reads and writes. */
const requestsOfACall = { get: 2, put: 1 };

export interface BackupCost {
  /** The number of calls of functions, and of their requests to S3. */
  calls: number;
  requests: number;
  dollars: { transitions: number; lambda: number; requests: number; together: number };
}

/** Multiplies the counts of a backup by the prices. */
export function costOf(backup: Pick<DeployedBackup, 'transitions' | 'calls'>): BackupCost {
  const calls = sum(Object.values(backup.calls));
  const transitions = backup.transitions * price.transition;
  const lambda = sum(Object.entries(backup.calls).map(([name, count]) => count * costOfACall(name)));
  const requests = calls * (requestsOfACall.get * price.get + requestsOfACall.put * price.put);
  return {
    calls,
    requests: calls * (requestsOfACall.get + requestsOfACall.put),
    dollars: { transitions, lambda, requests, together: transitions + lambda + requests },
  };
}

function costOfACall(name: string): number {
  const { memoryMegabytes } = definitionOf(name);
  return price.invocation + (memoryMegabytes / 1024) * secondsOfACall * price.gigabyteSecondArm;
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
