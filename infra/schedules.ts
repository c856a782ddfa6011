import { Duration, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { cronOfSchedule } from '../core/config/schedules.ts';
import type { Deployable } from './configuration.ts';

/** Makes the schedules of every cluster, which start backups. Returns the construct with all that belongs to them. */
export function schedules(
  scope: Construct,
  machine: StateMachine,
  deadLetters: IQueue,
  { config }: Deployable,
): Construct {
  const all = new Construct(scope, 'Schedules');
  // CDK's default is RETAIN. The name of the group is always the same, so a group that stays prevents the next deployment.
  const group = new ScheduleGroup(all, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
  // CDK would make a role outside of this construct.
  const role = new Role(all, 'Role', {
    description: 'What the schedules of camunda-backup may do',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': Stack.of(all).account,
          'aws:SourceArn': group.scheduleGroupArn,
        },
      },
    }),
  });
  for (const [cluster, { schedules }] of Object.entries(config.clusters)) {
    const ofCluster = new Construct(all, cluster);
    for (const [index, schedule] of schedules.entries()) {
      const made = new Schedule(ofCluster, `${index}`, {
        scheduleGroup: group,
        description: `Backs up the Camunda cluster ${cluster}`,
        enabled: schedule.enabled,
        schedule: ScheduleExpression.expression(
          `cron(${cronOfSchedule(schedule)})`,
          TimeZone.of(schedule.timezone),
        ),
        timeWindow: schedule.flexibleWindow
          ? TimeWindow.flexible(Duration.seconds(schedule.flexibleWindow))
          : TimeWindow.off(),
        target: new StepFunctionsStartExecution(machine, {
          // Scheduler may start a backup twice. The duplicate finds the scheduled time in the ledger.
          input: ScheduleTargetInput.fromObject({
            cluster,
            reason: 'schedule',
            scheduledTime: ContextAttribute.scheduledTime,
          }),
          retryAttempts: schedule.retryAttempts,
          maxEventAge: Duration.seconds(schedule.retryFor),
          deadLetterQueue: deadLetters,
          role,
        }),
      });
      // CDK passes the group's name as a plain text, which implies no order of creation.
      made.node.addDependency(group, role);
    }
  }
  return all;
}
