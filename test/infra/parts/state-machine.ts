import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions } from '../../../lambdas/functions.ts';
import { functions as operator } from '../../../lambdas/operator/index.ts';
import { allStates, machine, text } from '../../statemachine/definition.ts';
import { fullConfiguration, templateOf } from '../stack.ts';
import { allowedTo } from '../statements.ts';
import { versionsIn } from '../versions.ts';

const called = [...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
const template = await templateOf(fullConfiguration);

test('Every function that the definition names is substituted by its published version', () => {
  const [deployed] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const { Properties } = z
    .object({
      Properties: z.object({ DefinitionSubstitutions: z.record(z.string(), z.object({ Ref: z.string() })) }),
    })
    .parse(deployed);
  const versions = versionsIn(template);
  assert.deepEqual(Object.keys(Properties.DefinitionSubstitutions).sort(), called);
  for (const [name, { Ref }] of Object.entries(Properties.DefinitionSubstitutions)) {
    assert.equal(Ref, versions.get(name), name);
  }
});

test('Exactly the functions that the definition names may be invoked, in every version', () => {
  assert.deepEqual(
    allowedTo(template, 'BackupRole').get('lambda:InvokeFunction'),
    called.flatMap((name) => [`<Functions${name}.Arn>`, `<Functions${name}.Arn>:*`]),
  );
});

test('Every function of the table is called by the state machine, but for the watchdog and those that people call', () => {
  const others = ['WatchOverExporting', ...Object.keys(operator)];
  assert.deepEqual([...called, ...others].sort(), Object.keys(functions).sort());
});

test('Every task has a time limit above that of its function, and the machine has one', () => {
  assert.ok(machine.TimeoutSeconds > 0);
  for (const [name, { Type, TimeoutSeconds, Parameters }] of allStates) {
    if (Type !== 'Task') continue;
    const called = Object.entries(functions).find(([key]) => key === Parameters?.FunctionName.slice(2, -1));
    assert.ok(called, name);
    assert.ok(
      (TimeoutSeconds ?? 0) > called[1].definition.timeoutSeconds,
      `${name} ends before its function does`,
    );
  }
});

test('States.ALL stands last and alone in every Retry and Catch', () => {
  for (const [name, { Retry, Catch }] of allStates) {
    for (const entries of [Retry, Catch]) {
      for (const [index, { ErrorEquals }] of entries.entries()) {
        if (!ErrorEquals.includes('States.ALL')) continue;
        assert.deepEqual([index, ErrorEquals], [entries.length - 1, ['States.ALL']], name);
      }
    }
  }
});

test('The state machine is a standard one that logs everything but the data, and is traced', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'STANDARD',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    DefinitionString: text,
    DefinitionS3Location: Match.absent(),
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: '/aws/vendedlogs/states/camunda-backup',
    RetentionInDays: 90,
  });
});
