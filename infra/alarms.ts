import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { maxPauseOf } from '../core/backup/max-pause.ts';
import { formatSeconds } from '../core/config/duration.ts';
import type { ClusterConfig } from '../core/config/schema.ts';
import { type RunbookHeading, runbookPlace } from '../core/tell/runbook.ts';
import type { Alerts } from './alerts-topic.ts';
import type { Deployable } from './configuration.ts';
import type { Instance } from './instance.ts';
import { type ClusterDimensions, clusterMetric } from './metrics.ts';

export interface AlarmsProps extends Deployable {
  instance: Instance;
  machine: StateMachine;
  watchdog: Lambda;
  deadLetters: Queue;
  alerts: Alerts;
}

interface AlarmDefinition {
  name: string;
  /** The meaning of the alarm, as a sentence for the person on call. */
  sentence: string;
  heading: RunbookHeading;
  metric: IMetric;
  /** The alarm goes off above this, or below it if `below` is set. */
  threshold: number;
  below?: boolean;
  /** The alarm goes off if this many consecutive periods are wrong. */
  periods?: number;
  missing?: TreatMissingData;
  /** Whether people are also told when the alarm ends. This is useful for states, but not for single events. */
  tellsEnd: boolean;
}

/** The alarms, which work even if the functions are broken. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { machine, watchdog, deadLetters, config, instance } = props;
    this.all = [
      ...ofExecutions(machine),
      ...ofWatchdog(watchdog),
      ofDeadLetters(deadLetters),
      ...Object.entries(config.clusters).flatMap(([cluster, settings]) =>
        ofCluster({ service: instance.name, cluster }, settings),
      ),
    ].map((definition) => this.#alarm(definition, props));
  }

  #alarm(definition: AlarmDefinition, { alerts, deployment, instance }: AlarmsProps): Alarm {
    const { name, sentence, heading, metric, threshold, below, periods = 1, missing, tellsEnd } = definition;
    const alarm = new Alarm(this, name, {
      alarmName: `${instance.name}-${name}`,
      alarmDescription: `${sentence} Runbook: ${runbookPlace(heading, deployment.alerts.runbook)}`,
      metric,
      threshold,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(alerts.topic);
    alarm.addAlarmAction(action);
    if (tellsEnd) alarm.addOkAction(action);
    return alarm;
  }
}

const fiveMinutes = { period: Duration.minutes(5), statistic: 'Sum' };

function ofExecutions(machine: StateMachine): AlarmDefinition[] {
  const one = (name: string, sentence: string, heading: RunbookHeading, metric: Metric): AlarmDefinition => ({
    name,
    sentence,
    heading,
    metric,
    threshold: 0,
    tellsEnd: false,
  });
  return [
    one('backup-failed', 'A backup failed.', 'backupFailed', machine.metricFailed(fiveMinutes)),
    one(
      'backup-timed-out',
      'A backup reached the time limit of the state machine and could not clean up; the watchdog cleans up.',
      'runAbandoned',
      machine.metricTimedOut(fiveMinutes),
    ),
    one(
      'backup-aborted',
      'A backup was stopped from outside and could not clean up; the watchdog cleans up.',
      'runAbandoned',
      machine.metricAborted(fiveMinutes),
    ),
    one(
      'backup-throttled',
      'Step Functions throttles the backups of this account: they start late and take longer.',
      'noRecentBackup',
      machine.metricThrottled(fiveMinutes),
    ),
  ];
}

function ofWatchdog(watchdog: Lambda): AlarmDefinition[] {
  return [
    {
      name: 'watchdog-errors',
      sentence:
        'The watchdog failed three times in a row. If a dead run left exporting paused, it may still be paused.',
      heading: 'watchdogFailing',
      metric: watchdog.metricErrors(fiveMinutes),
      threshold: 0,
      periods: 3,
      tellsEnd: true,
    },
    {
      name: 'watchdog-not-invoked',
      sentence: 'The watchdog has not been called for a quarter of an hour.',
      heading: 'watchdogFailing',
      metric: watchdog.metricInvocations({ period: Duration.minutes(15), statistic: 'Sum' }),
      threshold: 1,
      below: true,
      missing: TreatMissingData.BREACHING,
      tellsEnd: true,
    },
  ];
}

function ofDeadLetters(queue: Queue): AlarmDefinition {
  return {
    name: 'dead-letters',
    sentence: 'A scheduled backup could not be started, or the watchdog could not be called.',
    heading: 'deadLetterQueueNotEmpty',
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    }),
    threshold: 0,
    tellsEnd: true,
  };
}

function ofCluster(dimensions: ClusterDimensions, config: ClusterConfig): AlarmDefinition[] {
  const { cluster } = dimensions;
  const { maxAge } = config;
  const maxPause = maxPauseOf(config);
  const paused: AlarmDefinition = {
    name: `${cluster}-exporting-left-paused`,
    sentence: `Exporting of the Camunda cluster ${cluster} is paused for longer than ${formatSeconds(maxPause)}: the brokers' disks fill up until it is resumed.`,
    heading: 'exportingLeftPaused',
    metric: clusterMetric('ExportingPausedSeconds', dimensions, 'Maximum'),
    threshold: maxPause,
    // While the watchdog is silent, which has its own alarm, this alarm keeps its state.
    missing: TreatMissingData.IGNORE,
    tellsEnd: true,
  };
  if (maxAge === undefined) return [paused];
  return [
    paused,
    {
      name: `${cluster}-no-recent-backup`,
      sentence: `The Camunda cluster ${cluster} has no completed backup from the last ${formatSeconds(maxAge)}, or the watchdog cannot find out.`,
      heading: 'noRecentBackup',
      metric: clusterMetric('BackupAgeSeconds', dimensions, 'Maximum'),
      threshold: maxAge,
      // One period without a value is normal, because the calls of the watchdog have jitter.
      periods: 3,
      missing: TreatMissingData.BREACHING,
      tellsEnd: true,
    },
  ];
}
