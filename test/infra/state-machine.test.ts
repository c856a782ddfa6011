import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions } from '../../lambdas/aws/functions.ts';
import { fullConfiguration, templateOf } from './stack.ts';
import { allowedTo, flat } from './statements.ts';

const errors = z.array(z.object({ ErrorEquals: z.array(z.string()) })).default([]);
const state = z.object({
  Type: z.string(),
  TimeoutSeconds: z.number().optional(),
  Parameters: z.object({ FunctionName: z.string() }).optional(),
  Retry: errors,
  Catch: errors,
  ItemProcessor: z.object({ States: z.record(z.string(), z.unknown()) }).optional(),
});
type State = z.infer<typeof state>;

const file = readFileSync(new URL('../../statemachine/backup.asl.json', import.meta.url), 'utf8');
const machine = z
  .object({ TimeoutSeconds: z.number(), States: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(file));

function statesIn(states: Record<string, unknown>): [string, State][] {
  return Object.entries(states).flatMap(([name, value]): [string, State][] => {
    const parsed = state.parse(value);
    return [[name, parsed], ...statesIn(parsed.ItemProcessor?.States ?? {})];
  });
}

const states = statesIn(machine.States);
const called = [...new Set([...file.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
const template = await templateOf(fullConfiguration);

test('Every function that the definition names is substituted, and exactly these may be invoked', () => {
  const [deployed] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const { Properties } = z
    .object({ Properties: z.object({ DefinitionSubstitutions: z.record(z.string(), z.unknown()) }) })
    .parse(deployed);
  const arns = called.map((name) => `<Functions${name}.Arn>`);
  assert.deepEqual(Object.keys(Properties.DefinitionSubstitutions).sort(), called);
  assert.deepEqual(
    called.map((name) => flat(Properties.DefinitionSubstitutions[name])),
    arns,
  );
  assert.deepEqual(allowedTo(template, 'BackupRole').get('lambda:InvokeFunction'), arns);
});

test('Every function of the table is called by the state machine, but for the watchdog', () => {
  assert.deepEqual([...called, 'WatchOverExporting'].sort(), Object.keys(functions).sort());
});

test('Every task has a time limit above that of its function, and the machine has one', () => {
  assert.ok(machine.TimeoutSeconds > 0);
  for (const [name, { Type, TimeoutSeconds, Parameters }] of states) {
    if (Type !== 'Task') continue;
    const definition = functions[Parameters?.FunctionName.slice(2, -1) ?? ''];
    assert.ok(definition, name);
    assert.ok((TimeoutSeconds ?? 0) > definition.timeoutSeconds, `${name} ends before its function does`);
  }
});

test('States.ALL stands last and alone in every Retry and Catch', () => {
  for (const [name, { Retry, Catch }] of states) {
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
    DefinitionString: file,
    DefinitionS3Location: Match.absent(),
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: '/aws/vendedlogs/states/camunda-backup',
    RetentionInDays: 90,
  });
});
