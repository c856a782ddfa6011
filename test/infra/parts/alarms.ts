import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions } from '../../../lambdas/functions.ts';
import { fullConfiguration, smallConfiguration, templateOf } from '../stack.ts';

const template = await templateOf(fullConfiguration);
const names = (of: typeof template) =>
  Object.values(of.findResources('AWS::CloudWatch::Alarm'))
    .map((alarm) => z.object({ Properties: z.object({ AlarmName: z.string() }) }).parse(alarm))
    .map(({ Properties }) => Properties.AlarmName.replace('camunda-backup-', ''))
    .sort();

test('The stack has seven alarms of its own, and two for each cluster', () => {
  const always = [
    'backup-aborted',
    'backup-failed',
    'backup-throttled',
    'backup-timed-out',
    'dead-letters',
    'watchdog-errors',
    'watchdog-not-invoked',
  ];
  const ofClusters = [
    'older-exporting-left-paused',
    'older-no-recent-backup',
    'production-exporting-left-paused',
    'production-no-recent-backup',
  ];
  assert.deepEqual(names(template), [...always, ...ofClusters].sort());
});

test('Every alarm tells people, with a sentence and its heading in the runbook', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlertsTopic') }],
    AlarmDescription: Match.stringLikeRegexp(
      '^[A-Z].*[.] Runbook: docs/runbook[.]md of camunda-backup, "[A-Z][A-Za-z -]+"$',
    ),
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'camunda-backup-production-no-recent-backup',
    AlarmDescription: Match.stringLikeRegexp('"No recent backup"$'),
  });
});

test('Every alarm and every function that tells people has the address of the runbook where it is configured', async () => {
  const address = 'https://git.example.com/docs/runbook.md';
  const linked = await templateOf(fullConfiguration.replace('alerts: {', `alerts: { runbook: ${address},`));
  linked.allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp(`[.] Runbook: ${address}#[a-z-]+$`),
  });
  for (const { definition } of Object.values(functions)) {
    const { description, needs } = definition;
    linked.hasResourceProperties('AWS::Lambda::Function', {
      Description: description,
      Environment: {
        Variables: Match.objectLike({ RUNBOOK_URL: needs.includes('alerts') ? address : Match.absent() }),
      },
    });
  }
});

test('A cluster without a recent backup is in alarm, and so is one of which nobody knows', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'camunda-backup-production-no-recent-backup',
    Namespace: 'CamundaBackup',
    MetricName: 'BackupAgeSeconds',
    Dimensions: Match.arrayWith([{ Name: 'cluster', Value: 'production' }]),
    Threshold: 26 * 3600,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'breaching',
    Period: 300,
  });
});

test('A pause that is too long is in alarm, and stays in alarm while nobody knows', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'camunda-backup-production-exporting-left-paused',
    MetricName: 'ExportingPausedSeconds',
    Threshold: 30 * 60,
    EvaluationPeriods: 1,
    TreatMissingData: 'ignore',
  });
});

test('Executions that end badly are in alarm', () => {
  for (const MetricName of [
    'ExecutionsFailed',
    'ExecutionsTimedOut',
    'ExecutionsAborted',
    'ExecutionThrottled',
  ]) {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/States',
      MetricName,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  }
});

test('A watchdog that fails, or that nobody calls, is in alarm', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/Lambda',
    MetricName: 'Invocations',
    Dimensions: [
      { Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^FunctionsWatchOverExporting') } },
    ],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    TreatMissingData: 'breaching',
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Errors', EvaluationPeriods: 3 });
});

test('A dead letter is in alarm', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 0,
  });
});

test('A cluster without a configured maxAge has no alarm on the age of its backups', async () => {
  assert.ok(!names(await templateOf(smallConfiguration)).some((name) => name.endsWith('no-recent-backup')));
});
