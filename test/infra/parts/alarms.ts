import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions } from '../../../lambdas/functions.ts';
import { fullConfiguration, templateOf } from '../stack.ts';

const template = await templateOf(fullConfiguration);
const names = (of: typeof template) =>
  Object.values(of.findResources('AWS::CloudWatch::Alarm'))
    .map((alarm) => z.object({ Properties: z.object({ AlarmName: z.string() }) }).parse(alarm))
    .map(({ Properties }) => Properties.AlarmName.replace('camunda-backup-', ''))
    .sort();

test('The stack has three alarms, however many clusters there are, and no metric that costs anything', () => {
  assert.deepEqual(names(template), ['backup-throttled', 'dead-letters', 'watchdog']);
  for (const alarm of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
    const { Properties } = z.object({ Properties: z.looseObject({ Namespace: z.string() }) }).parse(alarm);
    assert.match(Properties.Namespace, /^AWS\//);
    assert.equal('Metrics' in Properties, false, 'an expression costs as much as each of its metrics');
  }
});

test('Every alarm tells people, with a sentence and its heading in the runbook', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlertsTopic') }],
    AlarmDescription: Match.stringLikeRegexp(
      '^[A-Z].*[.] Runbook: docs/runbook[.]md of camunda-backup, "[A-Z][A-Za-z -]+"$',
    ),
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'camunda-backup-dead-letters',
    AlarmDescription: Match.stringLikeRegexp('"Dead-letter queue not empty"$'),
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

test('A watchdog that fails, or that nobody calls any more, tells people: with a metric of Lambda that has no value without a call', () => {
  const topic = [{ Ref: Match.stringLikeRegexp('^AlertsTopic') }];
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'camunda-backup-watchdog',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [
      { Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^FunctionsWatchOverExporting') } },
    ],
    // The lowest of a period: a look that succeeds after a retry is enough.
    Statistic: 'Minimum',
    Period: 300,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 3,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: topic,
    InsufficientDataActions: topic,
    OKActions: topic,
  });
});

test('No alarm goes off on a first deploy: none takes missing values for bad ones, and only the watchdog tells of silence', () => {
  for (const alarm of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
    const { AlarmName, TreatMissingData, InsufficientDataActions, OKActions } = z
      .object({
        Properties: z.object({
          AlarmName: z.string(),
          TreatMissingData: z.string(),
          InsufficientDataActions: z.array(z.unknown()).optional(),
          OKActions: z.array(z.unknown()).optional(),
        }),
      })
      .parse(alarm).Properties;
    const isWatchdog = AlarmName === 'camunda-backup-watchdog';
    // An alarm is born without data. With `missing` it stays in that state, which is no transition and tells nobody.
    assert.equal(TreatMissingData, isWatchdog ? 'missing' : 'notBreaching', AlarmName);
    assert.equal(InsufficientDataActions !== undefined, isWatchdog, AlarmName);
    assert.equal(OKActions !== undefined, isWatchdog, AlarmName);
  }
});

test('Backups that fail are reported by the functions, and throttling by Step Functions, which alone sees it', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/States',
    MetricName: 'ExecutionThrottled',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionsFailed' }, 0);
});

test('A scheduled backup that could not be started is in alarm', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 0,
  });
});
