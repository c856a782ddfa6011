import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type RunbookHeading, runbookPlace } from '../core/tell/runbook.ts';
import type { Alerts } from './alerts-topic.ts';
import type { Deployable } from './configuration.ts';
import type { Instance } from './instance.ts';
import { watchInterval } from './metrics.ts';

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
  /** The alarm goes off if it is above 0. */
  metric: IMetric;
  /** The alarm goes off if this many consecutive periods are wrong. */
  periods?: number;
  missing?: TreatMissingData;
  /** Whether people are told when the metric has no values any more. */
  tellsSilence?: boolean;
  /** Whether people are also told when the alarm ends. */
  tellsEnd?: boolean;
}

/**
 * The alarms, which work even if the functions are broken. They speak only where the functions cannot, so that one failure
 * is reported once.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { machine, watchdog, deadLetters } = props;
    this.all = [ofWatchdog(watchdog), ofMachine(machine), ofDeadLetters(deadLetters)].map((definition) =>
      this.#alarm(definition, props),
    );
  }

  #alarm(definition: AlarmDefinition, { alerts, deployment, instance }: AlarmsProps): Alarm {
    const { name, sentence, heading, metric, periods = 1, missing, tellsSilence, tellsEnd } = definition;
    const alarm = new Alarm(this, name, {
      alarmName: `${instance.name}-${name}`,
      alarmDescription: `${sentence} Runbook: ${runbookPlace(heading, deployment.alerts.runbook)}`,
      metric,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(alerts.topic);
    alarm.addAlarmAction(action);
    if (tellsSilence) alarm.addInsufficientDataAction(action);
    if (tellsEnd) alarm.addOkAction(action);
    return alarm;
  }
}

/**
 * The watchdog reports everything that it sees, and fails where it could not report it. An error is counted for each call
 * and none for no call, so that one metric, which costs nothing, shows a watchdog that fails and one that is not called.
 */
function ofWatchdog(watchdog: Lambda): AlarmDefinition {
  return {
    name: 'watchdog',
    sentence:
      'The watchdog has failed at every look for a quarter of an hour, or is not called: what it could not tell people is in its log. If a dead run left exporting paused, it may still be paused.',
    heading: 'watchdogFailing',
    // A look that succeeds after a retry is enough.
    metric: watchdog.metricErrors({ period: watchInterval, statistic: 'Minimum' }),
    periods: 3,
    // An alarm begins without data, and that is no transition. Later silence is one.
    missing: TreatMissingData.MISSING,
    tellsSilence: true,
    tellsEnd: true,
  };
}

/** Backups that fail, time out or are stopped are reported by the functions, so Step Functions only adds what they cannot see. */
function ofMachine(machine: StateMachine): AlarmDefinition {
  return {
    name: 'backup-throttled',
    sentence: 'Step Functions throttles the backups of this account: they start late and take longer.',
    heading: 'noRecentBackup',
    metric: machine.metricThrottled({ period: watchInterval, statistic: 'Sum' }),
  };
}

function ofDeadLetters(queue: Queue): AlarmDefinition {
  return {
    name: 'dead-letters',
    sentence: 'A scheduled backup could not be started.',
    heading: 'deadLetterQueueNotEmpty',
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: watchInterval, statistic: 'Maximum' }),
  };
}
