import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Procedure } from '../statemachine/procedure.ts';
import { textOf } from '../statemachine/states.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import type { Deployable } from './configuration.ts';
import type { Functions } from './functions.ts';
import { logGroup } from './logs.ts';

/**
 * Makes the state machine of a procedure, which calls published versions of the functions
 * (docs/decisions/0023-published-versions.md). It passes the definition as a string, so that the template and `cdk diff`
 * show it. CDK then sets no time limit, which the definition contains, and grants nothing, so this grants the
 * permissions.
 */
export function stateMachine(
  scope: Construct,
  procedure: Procedure,
  functions: Functions,
  {
    deployment,
    logGroupName,
  }: Pick<Deployable, 'deployment'> & {
    /** The prefix /aws/vendedlogs/ keeps the delivery of logs from filling the account's resource policy. */
    logGroupName: `/aws/vendedlogs/${string}`;
  },
): StateMachine {
  const { name, description, definition, tasks } = procedure;
  const called = [...new Set(tasks.map(({ functionName }) => functionName))];
  const machine = new StateMachine(scope, name, {
    stateMachineType: StateMachineType.STANDARD,
    comment: description,
    definitionBody: DefinitionBody.fromString(textOf(definition)),
    definitionSubstitutions: Object.fromEntries(
      called.map((name) => [name, functions.versionOf(name).functionArn]),
    ),
    tracingEnabled: true,
    logs: {
      destination: logGroup(scope, `${name}Logs`, deployment, logGroupName),
      level: LogLevel.ALL,
      includeExecutionData: false,
    },
  });
  for (const name of called) {
    const { functionArn } = functions.get(name);
    const anyVersion = `${functionArn}:*`;
    machine.addToRolePolicy(
      // An execution that began before the functions had versions calls the function itself.
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn, anyVersion] }),
    );
    acknowledgeWildcard(
      machine.role,
      anyVersion,
      'The wildcard matches the versions of this function: an execution calls those of its own definition, also after an update.',
    );
  }
  acknowledge(
    machine.role,
    'AwsSolutions-IAM5[Resource::*]',
    'The delivery of logs and X-Ray have no resource types for their actions. Each function is granted by itself.',
  );
  return machine;
}

/** The pattern of the ARNs of all executions of a state machine. */
export function executionsArn(machine: StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
