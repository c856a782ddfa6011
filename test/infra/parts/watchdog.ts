import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { smallConfiguration, templateOf } from '../stack.ts';

const template = await templateOf(smallConfiguration);
const queue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadLetters'), 'Arn'] };
const target = {
  Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FunctionsWatchOverExporting'), 'Arn'] },
  DeadLetterConfig: { Arn: queue },
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

test('A call that the watchdog fails at is tried again twice, and then kept in the queue', () => {
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: Match.stringLikeRegexp('^FunctionsWatchOverExporting') },
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: queue } },
  });
});

test('The queue is encrypted and reached over TLS only, and EventBridge may write into it', () => {
  template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Condition: { ArnEquals: { 'aws:SourceArn': Match.anyValue() } },
        }),
      ]),
    },
  });
});
