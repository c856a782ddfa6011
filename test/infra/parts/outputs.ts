import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { z } from 'zod';
import { readStack } from '../../../cli/stack/outputs.ts';
import { dashboardConfiguration, smallConfiguration, templateOf } from '../stack.ts';
import { flat } from '../statements.ts';

async function outputsOf(yaml: string): Promise<Record<string, string>> {
  const found = (await templateOf(yaml)).findOutputs('*');
  return Object.fromEntries(
    Object.entries(found).map(([name, output]) => [
      name,
      flat(z.object({ Value: z.unknown() }).parse(output).Value),
    ]),
  );
}

test('The outputs are the commands to type next, and where to look', async () => {
  const outputs = await outputsOf(dashboardConfiguration);
  assert.equal(
    outputs['StartBackupProduction'],
    `aws stepfunctions start-execution --region <AWS::Region> --state-machine-arn <Backup> --input '{"cluster":"production","reason":"manual"}'`,
  );
  assert.match(
    outputs['ShowBackups'] ?? '',
    /^aws stepfunctions list-executions .* --state-machine-arn <Backup> /,
  );
  assert.equal(
    outputs['CheckBackupOlder'],
    'npx camunda-backup check --stack camunda-backup --cluster older',
  );
  assert.equal(outputs['TestAlerts'], 'npx camunda-backup alert-test --stack camunda-backup');
  assert.match(outputs['DashboardUrl'] ?? '', /#dashboards\/dashboard\/camunda-backup$/);
  assert.deepEqual(Object.keys(outputs).sort(), [
    'AlertsTopicArn',
    'CheckBackupOlder',
    'CheckBackupProduction',
    'CheckFunctionArn',
    'Clusters',
    'ConfirmSubscriptions',
    'DashboardUrl',
    'DeleteLeftoversFunctionArn',
    'HousekeepingArn',
    'InventoryFunctionArn',
    'LedgerBucketName',
    'LedgerPrefix',
    'RepairFunctionArn',
    'ShowBackups',
    'ShowStatus',
    'StartBackupOlder',
    'StartBackupProduction',
    'StateMachineArn',
    'TestAlerts',
    'WatchdogFunctionArn',
  ]);
});

test('The command line reads the outputs that the stack writes', async () => {
  for (const { yaml, prefix, clusters } of [
    { yaml: dashboardConfiguration, prefix: 'ledger/', clusters: ['older', 'production'] },
    { yaml: smallConfiguration, prefix: '', clusters: ['small'] },
  ]) {
    const outputs = await outputsOf(yaml);
    const described = {
      StackName: 'any',
      CreationTime: new Date(0),
      StackStatus: 'CREATE_COMPLETE',
    } as const;
    const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    assert.deepEqual(
      await readStack('any', {
        region: async () => 'eu-central-1',
        describeStack: async () => ({ ...described, Outputs }),
      }),
      {
        name: 'any',
        stateMachineArn: outputs['StateMachineArn'],
        housekeepingArn: outputs['HousekeepingArn'],
        ledger: { bucket: outputs['LedgerBucketName'], prefix },
        alertsTopicArn: outputs['AlertsTopicArn'],
        dashboardUrl: outputs['DashboardUrl'],
        functions: {
          check: outputs['CheckFunctionArn'],
          inventory: outputs['InventoryFunctionArn'],
          repair: outputs['RepairFunctionArn'],
          deleteLeftovers: outputs['DeleteLeftoversFunctionArn'],
          watchdog: outputs['WatchdogFunctionArn'],
        },
        clusters,
      },
    );
  }
});

test('Clusters whose names differ by a hyphen have an output each', async () => {
  const zeebe = '{ zeebe: { url: http://zeebe:9600 } }';
  const outputs = await outputsOf(
    smallConfiguration.replace(/clusters: .*/, `clusters: { a-1: ${zeebe}, a1: ${zeebe} }`),
  );
  assert.match(outputs['StartBackupA1'] ?? '', /"cluster":"a-1"/);
  assert.match(outputs['StartBackupA1No2'] ?? '', /"cluster":"a1"/);
});
