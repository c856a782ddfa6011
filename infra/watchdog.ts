import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';
import { watchInterval } from './metrics.ts';
import { executionsArn } from './state-machine.ts';

/**
 * Calls the watchdog: when an execution of this machine ends otherwise than well (a run that is stopped, or that runs
 * out of time, passes no Catch), and every five minutes, because the delivery of such events is best effort.
 */
export function watchdog(scope: Construct, lambda: Lambda, machine: StateMachine, deadLetters: IQueue): void {
  allowExecutions(lambda, machine);
  // EventBridge hands over and forgets: the function's own failures are retried and kept by Lambda.
  lambda.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.hours(1),
    onFailure: new SqsDestination(deadLetters),
  });

  const rules = new Construct(scope, 'Watchdog');
  const target = () =>
    new LambdaFunction(lambda, {
      retryAttempts: 24,
      maxEventAge: Duration.hours(1),
      deadLetterQueue: deadLetters,
    });
  new Rule(rules, 'RunEndedBadly', {
    description: 'A backup failed, timed out or was stopped: look whether it left exporting paused',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [machine.stateMachineArn] },
    },
    targets: [target()],
  });
  new Rule(rules, 'Sweep', {
    description: 'Look whether exporting was left paused, and how old the last backup is',
    schedule: Schedule.rate(watchInterval),
    targets: [target()],
  });
}

function allowExecutions({ role }: Lambda, machine: StateMachine): void {
  if (!role) throw new Error('The watchdog has no role');
  const executions = executionsArn(machine);
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [executions],
    }),
  );
  acknowledgeWildcard(role, executions, 'Any execution, and of this state machine only.');
}
