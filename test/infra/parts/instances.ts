import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { readStack } from '../../../cli/stack/outputs.ts';
import { CamundaBackup } from '../../../infra/camunda-backup.ts';
import { appOf, emptyFunction } from '../stack.ts';
import { flat } from '../statements.ts';

/** Two backups of clusters of the same name in one stack, as somebody's own app may have them. */
function twoInOneStack() {
  const stack = new Stack(appOf(), 'shop', { env: { region: 'eu-central-1' } });
  const backups = ['blue', 'green'].map((name) => {
    const zeebe = { url: `http://${name}.example.com:9600` };
    const config = { clusters: { production: { zeebe } }, deployment: { dashboard: true } };
    return new CamundaBackup(stack, `backup-${name}`, { config, bundle: emptyFunction });
  });
  return { stack, backups };
}

const { stack, backups } = twoInOneStack();
const template = Template.fromStack(stack);
const named = z.object({ Properties: z.looseObject({}) });

function propertiesOf(type: string): Record<string, unknown>[] {
  return Object.values(template.findResources(type)).map((found) => named.parse(found).Properties);
}

function assertUnique(type: string, property: string): void {
  const names = propertiesOf(type).map((properties) => JSON.stringify(properties[property] ?? null));
  const given = names.filter((name) => name !== 'null');
  assert.equal(new Set(given).size, given.length, `${type} ${property}: ${names.join(' ')}`);
}

test('Two backups in one stack share no name', () => {
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 4);
  template.resourceCountIs('AWS::S3::Bucket', 2);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 2);
  assertUnique('AWS::CloudWatch::Alarm', 'AlarmName');
  assertUnique('AWS::CloudWatch::Dashboard', 'DashboardName');
  assertUnique('AWS::Logs::LogGroup', 'LogGroupName');
  assertUnique('AWS::Scheduler::ScheduleGroup', 'Name');
});

test('The metrics of an instance are those of its own functions, also where clusters have the same name', () => {
  const named = z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) });
  const ofFunctions = propertiesOf('AWS::Lambda::Function').flatMap(
    ({ Environment }) => named.safeParse(Environment).data?.Variables.POWERTOOLS_SERVICE_NAME ?? [],
  );
  const ofMetrics = backups.map((backup) => {
    const { namespace, metricName, dimensions } = backup.metric('BackupAgeSeconds', 'production');
    assert.deepEqual([namespace, metricName], ['CamundaBackup', 'BackupAgeSeconds']);
    assert.equal(dimensions?.['cluster'], 'production');
    return dimensions?.['service'];
  });
  assert.deepEqual(ofMetrics, ['shop-backupblue', 'shop-backupgreen']);
  assert.deepEqual([...new Set(ofFunctions)].sort(), ofMetrics);
  for (const { DashboardBody } of propertiesOf('AWS::CloudWatch::Dashboard')) {
    const services = JSON.stringify(DashboardBody).match(/shop-backup(blue|green)(?=\W)/g);
    assert.equal(new Set(services).size, 1);
  }
});

test('The rule of an instance hears of the backups of its own state machine alone, and of no housekeeping', () => {
  const all = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
  const machines = all.filter((id) => !id.includes('Housekeeping'));
  assert.equal(machines.length, 2);
  const heard = propertiesOf('AWS::Events::Rule').flatMap(({ EventPattern }) =>
    EventPattern ? all.filter((id) => JSON.stringify(EventPattern).includes(`"${id}"`)) : [],
  );
  assert.deepEqual(heard.sort(), machines.sort());
});

test('The command line finds each of two backups by what the functions write into their commands', async () => {
  const outputs = Object.entries(template.findOutputs('*')).map(([OutputKey, output]) => ({
    OutputKey,
    OutputValue: flat(z.object({ Value: z.unknown() }).parse(output).Value),
  }));
  const described = { StackName: 'shop', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' } as const;
  const arguments_ = new Set(
    propertiesOf('AWS::Lambda::Function').flatMap(
      ({ Environment }) =>
        z.object({ Variables: z.object({ STACK_NAME: z.string() }) }).safeParse(Environment).data?.Variables
          .STACK_NAME ?? [],
    ),
  );
  assert.deepEqual([...arguments_].sort(), ['shop/backupblue', 'shop/backupgreen']);
  const machines: string[] = [];
  for (const argument of arguments_) {
    const found = await readStack(argument, {
      region: async () => 'eu-central-1',
      describeStack: async (name) => (name === 'shop' ? { ...described, Outputs: outputs } : undefined),
    });
    assert.equal(found.name, argument);
    machines.push(found.stateMachineArn);
  }
  assert.equal(new Set(machines).size, 2);
});
