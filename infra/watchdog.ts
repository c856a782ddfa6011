import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { FunctionEnvironment } from '../lambdas/aws/environment.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import { watchInterval } from './metrics.ts';
import { executionsArn } from './state-machine.ts';

/**
 * Calls the watchdog after every execution of this machine that did not succeed, because a run that is stopped or times
 * out passes no Catch. It also calls it every five minutes, because the delivery of such events is best effort.
 */
export function watchdog(scope: Construct, lambda: Lambda, machine: StateMachine): void {
  allowExecutions(lambda, machine, ['states:StopExecution']);
  lambda.addToRolePolicy(
    new PolicyStatement({ actions: ['states:ListExecutions'], resources: [machine.stateMachineArn] }),
  );
  lambda.addEnvironment('STATE_MACHINE_ARN' satisfies keyof FunctionEnvironment, machine.stateMachineArn);
  // EventBridge calls the function asynchronously, so Lambda itself retries a failed call. A call that fails in the end is
  // not kept: the next sweep sees what it would have seen, and a kept one would be an alarm until somebody deletes it.
  lambda.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) });

  const rules = new Construct(scope, 'Watchdog');
  const target = () => new LambdaFunction(lambda, { retryAttempts: 24, maxEventAge: Duration.hours(1) });
  new Rule(rules, 'RunEndedBadly', {
    description:
      'Calls the watchdog after a backup failed, timed out or was stopped, because exporting may still be paused',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [machine.stateMachineArn] },
    },
    targets: [target()],
  });
  new Rule(rules, 'Sweep', {
    description:
      'Calls the watchdog to check that exporting is not paused and that the last backup is recent',
    schedule: Schedule.rate(watchInterval),
    targets: [target()],
  });
}

/** Allows a function to describe the executions of a machine, and to do what `more` names with them. */
export function allowExecutions(
  { role }: Pick<Lambda, 'role'>,
  machine: StateMachine,
  more: string[] = [],
): void {
  if (!role) throw new Error('The function has no role');
  const executions = executionsArn(machine);
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['states:DescribeExecution', ...more],
      resources: [executions],
    }),
  );
  acknowledgeWildcard(
    role,
    executions,
    'The wildcard matches all executions, but only of this state machine.',
  );
}
