import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Capture, Match } from 'aws-cdk-lib/assertions';
import { backupRequest } from '../../../core/backup/request.ts';
import { fullConfiguration, smallConfiguration, templateOf } from '../stack.ts';
import { allowedTo } from '../statements.ts';

const template = await templateOf(fullConfiguration);

test('Each schedule of each cluster starts the state machine, as it was configured', () => {
  template.resourceCountIs('AWS::Scheduler::Schedule', 3);
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    State: 'ENABLED',
    Target: Match.objectLike({
      Arn: { Ref: Match.stringLikeRegexp('^Backup') },
      RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 7200 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadLetters'), 'Arn'] } },
    }),
  });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 0/6 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    State: 'DISABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
  });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 4 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 } }),
  });
});

test('No schedule starts a backup at the moment of the deployment: none has a rate', () => {
  const found = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
    ({ Properties }) => Properties,
  );
  assert.equal(found.length, 3);
  for (const { ScheduleExpression, StartDate } of found) {
    assert.match(ScheduleExpression, /^cron\(/);
    assert.equal(StartDate, undefined, 'AWS refuses a date that is past at a later deployment');
  }
});

test('A schedule hands over a request that PrepareBackup understands', () => {
  const input = new Capture();
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 4 * * ? *)',
    Target: Match.objectLike({ Input: input }),
  });
  const request: unknown = JSON.parse(input.asString());
  assert.deepEqual(request, {
    cluster: 'older',
    reason: 'schedule',
    scheduledTime: '<aws.scheduler.scheduled-time>',
  });
  backupRequest.parse(request);
});

test('Scheduler may start this state machine, and leave what it could not start in the queue', () => {
  const allowed = allowedTo(template, 'SchedulesRole');
  assert.deepEqual(allowed.get('states:StartExecution'), ['<Backup>']);
  assert.deepEqual([...allowed.keys()].sort(), ['sqs:SendMessage', 'states:StartExecution']);
});

test('Nothing starts by itself where no schedule is configured', async () => {
  (await templateOf(smallConfiguration)).resourceCountIs('AWS::Scheduler::Schedule', 0);
});

test('Only the schedules of this group may use the role that starts backups', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        Match.objectLike({
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^SchedulesGroup'), 'Arn'] },
            },
          },
        }),
      ],
    },
  });
});
