import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Deployment } from '../core/config/deployment.ts';

const retentions: Record<Deployment['logRetention'], RetentionDays> = {
  '1d': RetentionDays.ONE_DAY,
  '3d': RetentionDays.THREE_DAYS,
  '5d': RetentionDays.FIVE_DAYS,
  '7d': RetentionDays.ONE_WEEK,
  '14d': RetentionDays.TWO_WEEKS,
  '30d': RetentionDays.ONE_MONTH,
  '60d': RetentionDays.TWO_MONTHS,
  '90d': RetentionDays.THREE_MONTHS,
  '120d': RetentionDays.FOUR_MONTHS,
  '180d': RetentionDays.SIX_MONTHS,
  '365d': RetentionDays.ONE_YEAR,
  '731d': RetentionDays.TWO_YEARS,
};

/** A log group that is deleted with the stack. The ledger keeps everything that must outlive the stack. */
export function logGroup(
  scope: Construct,
  id: string,
  { logRetention }: Pick<Deployment, 'logRetention'>,
  logGroupName?: string,
): LogGroup {
  return new LogGroup(scope, id, {
    retention: retentions[logRetention],
    removalPolicy: RemovalPolicy.DESTROY,
    ...(logGroupName === undefined ? {} : { logGroupName }),
  });
}
