import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alerts } from '../../../infra/alerts-topic.ts';
import { Functions } from '../../../infra/functions.ts';
import { instanceOf } from '../../../infra/instance.ts';
import { ledgerBucket } from '../../../infra/ledger-bucket.ts';
import { stateMachine } from '../../../infra/state-machine.ts';
import { backup } from '../../../statemachine/backup-procedure.ts';
import { textOf } from '../../../statemachine/states.ts';
import { greeting } from '../../statemachine/greeting.ts';
import { appOf, configurationOf, emptyFunction, fullConfiguration } from '../stack.ts';
import { allowedTo } from '../statements.ts';

/** Two procedures side by side, with nothing of a deployment but what state machines need. */
async function templateOfBoth(): Promise<Template> {
  const deployable = await configurationOf(fullConfiguration);
  const { deployment } = deployable;
  const stack = new Stack(appOf(), 'two-machines');
  const functions = new Functions(stack, 'Functions', {
    ...deployable,
    instance: instanceOf(stack),
    functions: { ...backup.functions, ...greeting.functions },
    ledger: ledgerBucket(stack, deployable),
    alerts: new Alerts(stack, 'Alerts', deployment),
    network: undefined,
    bundle: emptyFunction,
  });
  for (const procedure of [backup, greeting]) {
    stateMachine(stack, procedure, functions, {
      deployment,
      logGroupName: `/aws/vendedlogs/states/${procedure.name}`,
    });
  }
  return Template.fromStack(stack);
}

const template = await templateOfBoth();

test('A stack takes two state machines, each with its own definition and log', () => {
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
  for (const { name, definition } of [backup, greeting]) {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      DefinitionString: textOf(definition),
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/aws/vendedlogs/states/${name}`,
    });
  }
});

test('Each of two state machines may invoke its own functions and no others', () => {
  for (const { name, functions } of [backup, greeting]) {
    assert.deepEqual(
      allowedTo(template, `${name}Role`).get('lambda:InvokeFunction')?.toSorted(),
      Object.keys(functions)
        .flatMap((called) => [`<Functions${called}.Arn>`, `<Functions${called}.Arn>:*`])
        .sort(),
      name,
    );
  }
});
