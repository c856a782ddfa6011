import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { fullConfiguration, smallConfiguration, templateOf } from '../stack.ts';
import { allowedTo } from '../statements.ts';

const template = await templateOf(smallConfiguration);
const target = {
  Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FunctionsWatchOverExporting'), 'Arn'] },
  DeadLetterConfig: Match.absent(),
  RetryPolicy: { MaximumRetryAttempts: 24, MaximumEventAgeInSeconds: 3600 },
};

test('The watchdog is called when an execution of this machine ends badly', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [{ Ref: Match.stringLikeRegexp('^Backup') }],
      },
    },
    State: 'ENABLED',
    Targets: [Match.objectLike(target)],
  });
});

test('The watchdog is called every five minutes', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
    Targets: [Match.objectLike(target)],
  });
});

test('A call that the watchdog fails at is tried again twice, and then left to the next sweep', () => {
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: Match.stringLikeRegexp('^FunctionsWatchOverExporting') },
    MaximumRetryAttempts: 2,
    DestinationConfig: Match.absent(),
  });
});

test('Only schedules put anything into the queue, so that no failed look is an alarm until the queue forgets it', async () => {
  const scheduled = await templateOf(fullConfiguration);
  const users = Object.entries(
    z
      .record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() }))
      .parse(scheduled.toJSON()['Resources']),
  )
    .filter(([, { Properties }]) => /"DeadLetters[0-9A-F]{8}"/.test(JSON.stringify(Properties)))
    .map(([, { Type }]) => Type);
  assert.deepEqual([...new Set(users)].sort(), [
    'AWS::CloudWatch::Alarm',
    'AWS::IAM::Policy',
    'AWS::SQS::QueuePolicy',
    'AWS::Scheduler::Schedule',
  ]);
});

test('The watchdog may list the executions of its state machine, which it knows, and describe and stop them', () => {
  const machine = { Ref: Match.stringLikeRegexp('^Backup') };
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ STATE_MACHINE_ARN: machine }) },
  });
  const allowed = allowedTo(template, 'FunctionsWatchOverExporting');
  assert.deepEqual(allowed.get('states:ListExecutions'), ['<Backup>']);
});

test('The queue is encrypted and reached over TLS only', () => {
  template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
});
