import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions } from '../../../lambdas/functions.ts';
import { functions as operator } from '../../../lambdas/operator/index.ts';
import { backup } from '../../../statemachine/backup-procedure.ts';
import { housekeeping } from '../../../statemachine/housekeeping-procedure.ts';
import { textOf } from '../../../statemachine/states.ts';
import { allStates, text } from '../../statemachine/definition.ts';
import { fullConfiguration, templateOf } from '../stack.ts';
import { allowedTo } from '../statements.ts';
import { versionsIn } from '../versions.ts';

const template = await templateOf(fullConfiguration);
const procedures = [backup, housekeeping];
const calledBy = ({ tasks }: typeof backup) =>
  [...new Set(tasks.map(({ functionName }) => functionName))].sort();

const deployedMachine = z.object({
  Properties: z.object({
    DefinitionString: z.string(),
    DefinitionSubstitutions: z.record(z.string(), z.object({ Ref: z.string() })),
  }),
});

for (const procedure of procedures) {
  const { name, definition } = procedure;
  const called = calledBy(procedure);

  test(`Every function that the definition of ${name} names is substituted by its published version`, () => {
    const deployed = Object.values(template.findResources('AWS::StepFunctions::StateMachine'))
      .map((resource) => deployedMachine.parse(resource).Properties)
      .find(({ DefinitionString }) => DefinitionString === textOf(definition));
    const versions = versionsIn(template);
    const substituted = Object.entries(deployed?.DefinitionSubstitutions ?? {});
    assert.deepEqual(substituted.map(([name]) => name).sort(), called);
    for (const [name, { Ref }] of substituted) assert.equal(Ref, versions.get(name), name);
  });

  test(`Exactly the functions that the definition of ${name} names may be invoked by it, in every version`, () => {
    assert.deepEqual(
      allowedTo(template, `${name}Role`).get('lambda:InvokeFunction'),
      called.flatMap((name) => [`<Functions${name}.Arn>`, `<Functions${name}.Arn>:*`]),
    );
  });

  test(`Every task of ${name} has a time limit above that of its function, and the machine has one`, () => {
    assert.ok(definition.TimeoutSeconds > 0);
    for (const { state, functionName, timeoutSeconds } of procedure.tasks) {
      const [, called] = Object.entries(functions).find(([key]) => key === functionName) ?? [];
      assert.ok(called, state);
      assert.ok(timeoutSeconds > called.definition.timeoutSeconds, `${state} ends before its function does`);
    }
  });
}

test('Every function of the table is called by a state machine, but for the watchdog and those that people call', () => {
  const others = ['WatchOverExporting', ...Object.keys(operator)];
  assert.deepEqual([...procedures.flatMap(calledBy), ...others].sort(), Object.keys(functions).sort());
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
