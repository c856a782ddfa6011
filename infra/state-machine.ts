import { readFileSync } from 'node:fs';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Deployable } from './configuration.ts';
import type { Functions } from './functions.ts';
import { logGroup } from './logs.ts';

const definitionFile = new URL('../statemachine/backup.asl.json', import.meta.url);

/**
 * The state machine of statemachine/backup.asl.json. As a string, so that the definition stands in the template and in
 * `cdk diff`; CDK then sets no time limit (it is in the file) and grants nothing (it is granted here).
 */
export function stateMachine(
  scope: Construct,
  functions: Functions,
  { deployment }: Deployable,
): StateMachine {
  const definition = readFileSync(definitionFile, 'utf8');
  const called = [...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))];
  const machine = new StateMachine(scope, 'Backup', {
    stateMachineType: StateMachineType.STANDARD,
    comment: 'Consistent backups of Camunda 8 clusters',
    definitionBody: DefinitionBody.fromString(definition),
    definitionSubstitutions: Object.fromEntries(
      called.map((name) => [name, functions.get(name).functionArn]),
    ),
    tracingEnabled: true,
    logs: {
      // Under /aws/vendedlogs/, where the delivery of logs does not fill up the account's resource policy.
      destination: logGroup(scope, 'BackupLogs', deployment, `/aws/vendedlogs/states/${deployment.stack}`),
      level: LogLevel.ALL,
      includeExecutionData: false,
    },
  });
  for (const name of called) {
    machine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [functions.get(name).functionArn],
      }),
    );
  }
  acknowledge(
    machine.role,
    'AwsSolutions-IAM5[Resource::*]',
    'The delivery of logs and X-Ray know no resource to narrow their actions to. The functions are granted one by one.',
  );
  return machine;
}

/** Every execution of a state machine. */
export function executionsArn(machine: StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
