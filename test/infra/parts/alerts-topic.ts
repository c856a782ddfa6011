import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions } from '../../../lambdas/functions.ts';
import { smallConfiguration, templateOf } from '../stack.ts';
import { flat, statementsOf } from '../statements.ts';

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
    // Each of the first two rotations adds $1 a month.
    RotationPeriodInDays: 2560,
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
        }),
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
  const existing = await templateOf(`${smallConfiguration}
deployment: { alerts: { topicArn: "${topicArn}", email: [on-call@example.com] } }
`);
  existing.resourceCountIs('AWS::SNS::Topic', 0);
  existing.resourceCountIs('AWS::KMS::Key', 0);
  existing.hasResourceProperties('AWS::SNS::Subscription', { TopicArn: topicArn, Protocol: 'email' });
  existing.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
});

test('EventBridge publishes nothing to the topic, so neither the key nor the topic allows it', () => {
  for (const type of ['AWS::KMS::Key', 'AWS::SNS::TopicPolicy']) {
    assert.doesNotMatch(JSON.stringify(template.findResources(type)), /events\.amazonaws\.com/);
  }
});

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:on-call';
const topicKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';
const withAlerts = (settings: string) =>
  templateOf(`${smallConfiguration}
deployment: { alerts: { ${settings} } }
`);
const publishers = Object.entries(functions)
  .filter(([, { definition }]) => definition.needs.includes('alerts'))
  .map(([name]) => name);
const keyStatements = (of: typeof template, name: string) =>
  statementsOf(of, `Functions${name}Role`).filter(
    ({ Action, Condition }) => Action.includes('kms:Decrypt') && /sns/.test(JSON.stringify(Condition ?? {})),
  );

for (const { what, settings, key } of [
  {
    what: 'any key that encrypts an existing topic',
    settings: `topicArn: "${topicArn}"`,
    key: 'arn:<AWS::Partition>:kms:*:*:key/*',
  },
  {
    what: 'only the named key of an existing topic',
    settings: `topicArn: "${topicArn}", topicKeyArn: "${topicKeyArn}"`,
    key: topicKeyArn,
  },
]) {
  test(`Every function that sends alerts may use ${what}, and only through that topic`, async () => {
    const existing = await withAlerts(settings);
    for (const name of publishers) {
      const [statement, ...others] = keyStatements(existing, name);
      assert.deepEqual(others, []);
      assert.deepEqual(statement?.Action, ['kms:Decrypt', 'kms:GenerateDataKey*'], name);
      assert.equal(flat(statement.Resource), key);
      assert.deepEqual(Object.keys(statement.Condition ?? {}), ['StringEquals']);
      const { 'kms:ViaService': service, ...context } = statement.Condition?.['StringEquals'] ?? {};
      assert.equal(flat(service), 'sns.<AWS::Region>.<AWS::URLSuffix>');
      assert.deepEqual(context, { 'kms:EncryptionContext:aws:sns:topicArn': topicArn });
    }
  });
}

test('What the policy of an existing key needs is an output, which a person can paste', async () => {
  const outputs = (await withAlerts(`topicArn: "${topicArn}"`)).findOutputs('AlertsKeyPolicy');
  const { Value } = z.object({ Value: z.unknown() }).parse(outputs['AlertsKeyPolicy']);
  const [alarms, account] = z.array(z.looseObject({})).parse(JSON.parse(flat(Value)));
  const Action = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  const shared = { Effect: 'Allow', Action, Resource: '*' };
  assert.deepEqual(alarms, {
    ...shared,
    Sid: 'CloudWatchAlarms',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: {
      StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
      ArnLike: {
        'aws:SourceArn': 'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*',
      },
    },
  });
  assert.deepEqual(account, {
    ...shared,
    Sid: 'CamundaBackup',
    Principal: { AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' },
    Condition: {
      StringEquals: {
        'kms:ViaService': 'sns.<AWS::Region>.<AWS::URLSuffix>',
        'kms:EncryptionContext:aws:sns:topicArn': topicArn,
      },
    },
  });
  assert.deepEqual(template.findOutputs('AlertsKeyPolicy'), {});
});

test('The topic of the stack can have an existing key, or none, and never the key that AWS keeps for SNS', async () => {
  const existing = await withAlerts(`topicKeyArn: "${topicKeyArn}"`);
  existing.resourceCountIs('AWS::KMS::Key', 0);
  existing.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: topicKeyArn });
  assert.equal(Object.keys(existing.findOutputs('AlertsKeyPolicy')).length, 1);
  const open = await withAlerts('encrypted: false');
  open.resourceCountIs('AWS::KMS::Key', 0);
  open.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
  for (const name of publishers) assert.deepEqual(keyStatements(open, name), []);
  for (const one of [template, existing, open]) {
    assert.doesNotMatch(JSON.stringify(one.toJSON()), /alias\/aws\/sns/);
  }
});

test('Who has to confirm is an output, with the time for it and a command that shows who has not', () => {
  template.hasOutput('ConfirmSubscriptions', {
    Description: Match.stringLikeRegexp('three days'),
    Value: Match.anyValue(),
  });
  const { Value } = z
    .object({ Value: z.unknown() })
    .parse(template.findOutputs('ConfirmSubscriptions')['ConfirmSubscriptions']);
  assert.match(
    flat(Value),
    /^on-call@example\.com, https:\/\/events\.example\.com\/sns: .*list-subscriptions-by-topic .*--topic-arn <AlertsTopic>/,
  );
});
