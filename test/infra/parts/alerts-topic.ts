import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { smallConfiguration, templateOf } from '../stack.ts';

const everybody = `${smallConfiguration}
deployment:
  alerts:
    email: [on-call@example.com]
    sms: ["+4930123456"]
    https: [https://events.example.com/sns]
    lambda: [arn:aws:lambda:eu-central-1:123456789012:function:page-somebody]
`;
const template = await templateOf(everybody);

test('E-mail, SMS, HTTPS and functions subscribe to the alerts', () => {
  for (const subscription of [
    { Protocol: 'email', Endpoint: 'on-call@example.com' },
    { Protocol: 'sms', Endpoint: '+4930123456' },
    { Protocol: 'https', Endpoint: 'https://events.example.com/sns' },
    { Protocol: 'lambda', Endpoint: 'arn:aws:lambda:eu-central-1:123456789012:function:page-somebody' },
  ]) {
    template.hasResourceProperties('AWS::SNS::Subscription', subscription);
  }
  template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'sns.amazonaws.com' });
});

test('The topic is encrypted with a key that alarms may use, as far as they are of this account', () => {
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
        }),
        // A condition here would drop every event without a word.
        Match.objectLike({ Principal: { Service: 'events.amazonaws.com' }, Condition: Match.absent() }),
      ]),
    },
  });
});

test('Alarms may publish to the topic, and nobody without TLS', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
        }),
      ]),
    },
  });
});

test('An existing topic is used as it is', async () => {
  const topicArn = 'arn:aws:sns:eu-central-1:123456789012:on-call';
  const existing = await templateOf(`${smallConfiguration}
deployment: { alerts: { topicArn: "${topicArn}", email: [on-call@example.com] } }
`);
  existing.resourceCountIs('AWS::SNS::Topic', 0);
  existing.resourceCountIs('AWS::KMS::Key', 0);
  existing.hasResourceProperties('AWS::SNS::Subscription', { TopicArn: topicArn, Protocol: 'email' });
  existing.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
});
