import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../core/figures.ts';

export const metricNamespace = 'CamundaBackup';

/**
 * The dimensions of a cluster's metrics. Powertools adds the service, which is the name of the instance, so that two
 * instances that back up clusters of the same name do not mix their figures.
 */
export interface ClusterDimensions {
  service: string;
  cluster: string;
}

/** The time between two looks of the watchdog, which publishes metrics at each look. */
export const watchInterval = Duration.minutes(5);

export function clusterMetric(
  metricName: MetricName,
  { service, cluster }: ClusterDimensions,
  statistic: 'Maximum' | 'Sum',
  period: Duration = watchInterval,
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service, cluster },
    statistic,
    period,
  });
}
