import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../core/figures.ts';

export const metricNamespace = 'CamundaBackup';
export const serviceName = 'camunda-backup';

/** The dimensions of a cluster's metrics. Powertools adds the service's name to the configured ones. */
export const clusterDimensions = (cluster: string) => ({ service: serviceName, cluster });

/** The time between two looks of the watchdog, which publishes metrics at each look. */
export const watchInterval = Duration.minutes(5);

export function clusterMetric(
  metricName: MetricName,
  cluster: string,
  statistic: 'Maximum' | 'Sum',
  period: Duration = watchInterval,
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: clusterDimensions(cluster),
    statistic,
    period,
  });
}
