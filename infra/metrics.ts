import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../core/figures.ts';

export const metricNamespace = 'CamundaBackup';
export const serviceName = 'camunda-backup';

/** Powertools puts the service's name beside the dimensions that are asked for. */
export const clusterDimensions = (cluster: string) => ({ service: serviceName, cluster });

/** The watchdog publishes this often. */
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
