import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { type App, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, ManagedPolicy, PermissionsBoundary, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { z } from 'zod';
import { CamundaBackup, type CamundaBackupProps } from '../../../infra/camunda-backup.ts';
import { instanceOf } from '../../../infra/instance.ts';
import { type GuardProperties, guardProperties } from '../../../lambdas/guard/request.ts';
import { takenAway } from '../../../lambdas/guard/taken-away.ts';
import { appOf, emptyFunction } from '../stack.ts';
import { allowedTo, flat } from '../statements.ts';

type Content = Exclude<CamundaBackupProps['config'], string>;

const clusters = { production: { zeebe: { url: 'http://zeebe.example.com:9600' } } };

function stackIn(app: App = appOf()): Stack {
  return new Stack(app, 'shop', { env: { region: 'eu-central-1', account: '123456789012' } });
}

function backupIn(stack: Stack, id: string, content: Partial<Content> = {}): CamundaBackup {
  return new CamundaBackup(stack, id, { config: { clusters, ...content }, bundle: emptyFunction });
}

const mistakes: { what: string; make: () => unknown; says: RegExp }[] = [
  {
    what: 'a setting that AWS or a schema refuses',
    make: () => backupIn(stackIn(), 'Backup', { deployment: { logRetention: '90d', stack: '-' } }),
    says: /^The configuration has a mistake:\n {2}deployment\.stack is not a stack name/,
  },
  {
    what: 'a setting that only the command line can have',
    make: () =>
      backupIn(stackIn(), 'Backup', {
        clusters: {
          production: {
            zeebe: { url: 'http://zeebe.example.com:9600', auth: { apiKey: { env: 'KEY' } } },
          },
        },
      }),
    says: /^The configuration has a mistake:\n {2}clusters\.production\.zeebe\.auth\.apiKey is the environment variable KEY/,
  },
  {
    what: 'another region than its stack has',
    make: () => backupIn(stackIn(), 'Backup', { deployment: { region: 'eu-west-1' } }),
    says: /deployment\.region is eu-west-1, but the stack is deployed to eu-central-1/,
  },
  {
    what: 'a value that is not known before the deployment',
    make: () => {
      const stack = stackIn();
      const { topicArn } = new Topic(stack, 'Topic');
      backupIn(stack, 'Backup', { deployment: { alerts: { topicArn } } });
    },
    says: /^deployment\.alerts\.topicArn is not known before the deployment/,
  },
  {
    what: 'the bucket of another one',
    make: () => {
      const ledger = { s3: { bucket: 'my-company-camunda-backups' } };
      const app = appOf();
      backupIn(stackIn(app), 'Backup', { ledger });
      backupIn(new Stack(app, 'second'), 'Backup', { ledger });
    },
    says: /^shop\/Backup and second\/Backup both create the bucket my-company-camunda-backups/,
  },
  {
    what: 'a metric that no function records',
    make: () => backupIn(stackIn(), 'Backup').metric('BackupAgeSeconds', 'production'),
    says: /^The metric BackupAgeSeconds is only recorded with `deployment\.dashboard: true`/,
  },
  {
    what: 'an id that differs from another one only in signs',
    make: () => {
      const stack = stackIn();
      backupIn(stack, 'blue-1');
      backupIn(stack, 'blue1');
    },
    says: /^shop\/blue-1 and shop\/blue1 differ in no letter and no digit/,
  },
];

for (const { what, make, says } of mistakes) {
  test(`A backup in an app is refused at synth if it has ${what}`, () => {
    assert.throws(make, { name: 'ConfigurationError', message: says });
  });
}

const properties = z.object({ Properties: z.looseObject({}) });
const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map((found) => properties.parse(found).Properties);

/** A backup in a nested stack, with tags and a permissions boundary. */
function nested(): Template {
  const stack = stackIn();
  const inner = new NestedStack(stack, 'Inner');
  backupIn(inner, 'Backup', { deployment: { tags: { team: 'platform' } } });
  const boundary = ManagedPolicy.fromManagedPolicyArn(
    stack,
    'Boundary',
    'arn:aws:iam::123456789012:policy/boundary',
  );
  PermissionsBoundary.of(inner).apply(boundary);
  return Template.fromStack(inner);
}
const template = nested();

test('A permissions boundary of the app reaches every role', () => {
  const roles = propertiesOf(template, 'AWS::IAM::Role');
  assert.ok(roles.length > 10);
  for (const role of roles) {
    assert.equal(role['PermissionsBoundary'], 'arn:aws:iam::123456789012:policy/boundary');
  }
});

test('The tags of the configuration are on the resources of the backup, in a stack that does not have them', () => {
  const tag = { Key: 'team', Value: 'platform' };
  for (const type of ['AWS::Lambda::Function', 'AWS::S3::Bucket', 'AWS::StepFunctions::StateMachine']) {
    for (const { Tags } of propertiesOf(template, type)) {
      const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).parse(Tags);
      assert.ok(
        tags.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value),
        type,
      );
    }
  }
});

test('A backup in a nested stack has the name of the whole stack in its alarms, and its own stack in commands', () => {
  const [{ AlarmName } = {}] = propertiesOf(template, 'AWS::CloudWatch::Alarm');
  assert.match(String(AlarmName), /^shop-InnerBackup-/);
  const environment = z.object({ Variables: z.looseObject({ STACK_NAME: z.unknown() }) });
  const [{ Environment } = {}] = propertiesOf(template, 'AWS::Lambda::Function');
  assert.match(flat(environment.parse(Environment).Variables.STACK_NAME), /^<AWS::StackName>\/Backup$/);
  assert.ok(Object.keys(template.findOutputs('*')).includes('BackupStateMachineArn'));
});

test('A name that would be too long for alarms is shortened, and stays unique', () => {
  const long = 'AVeryLongIdOfAConstructInTheAppOfSomebodyWhoLikesLongNames'.repeat(3);
  const stack = stackIn();
  const [one = '', two = ''] = ['One', 'Two'].map((id) => instanceOf(new Construct(stack, long + id)).name);
  assert.equal(one.length, 128);
  assert.notEqual(one, two);
});

/** A backup with a key of the app, and three roles that may do more and more with it. */
function withKeyAndRoles(): Template {
  const stack = stackIn();
  const encryptionKey = new Key(stack, 'Key');
  const config = { clusters };
  const backup = new CamundaBackup(stack, 'Backup', { config, bundle: emptyFunction, encryptionKey });
  const person = (id: string) => new Role(stack, id, { assumedBy: new AccountRootPrincipal() });
  backup.grantSee(person('Reader'));
  backup.grantBackUp(person('Operator'));
  backup.grantDeleteAndRestore(person('Owner'));
  return Template.fromStack(stack);
}
const encrypted = withKeyAndRoles();

test('A key of the app encrypts the ledger, the logs, the environment of the functions and the topic', () => {
  const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
  encrypted.allResourcesProperties('AWS::Lambda::Function', { KmsKeyArn: key });
  encrypted.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
  encrypted.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  encrypted.allResourcesProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
        },
      ],
    },
  });
  encrypted.resourceCountIs('AWS::KMS::Key', 1);
  const [{ KeyPolicy } = {}] = propertiesOf(encrypted, 'AWS::KMS::Key');
  const statements = z.object({
    Statement: z.array(z.object({ Principal: z.unknown() })),
  });
  const services = statements
    .parse(KeyPolicy)
    .Statement.flatMap(({ Principal }) =>
      typeof Principal === 'object' && Principal !== null && 'Service' in Principal
        ? [flat(Principal.Service)]
        : [],
    );
  assert.deepEqual(services.sort(), ['cloudwatch.amazonaws.com', 'logs.eu-central-1.<AWS::URLSuffix>']);
  for (const name of ['PauseExporting', 'CompleteBackup', 'WatchOverExporting']) {
    const allowed = allowedTo(encrypted, `BackupFunctions${name}Role`);
    assert.ok(allowed.get('kms:GenerateDataKey')?.includes('<Key.Arn>'), name);
    assert.ok(allowed.get('kms:Decrypt')?.includes('<Key.Arn>'), name);
  }
});

test('The guard protects the key of the app, and may read with it until it has answered', () => {
  const guarded = (template: Template): GuardProperties => {
    const [properties] = propertiesOf(template, 'Custom::CamundaBackupGuard');
    const { Reach } = z.object({ Reach: z.array(z.unknown()) }).parse(properties);
    return guardProperties.parse({ ...properties, Reach: Reach.map(flat) });
  };
  const stack = stackIn();
  backupIn(stack, 'Backup');
  const lost = takenAway(guarded(encrypted), guarded(Template.fromStack(stack)));
  assert.deepEqual([...lost], [['production', ['the key <Key.Arn>']]]);
  // Its role has one policy of its own, which changes before it is asked, and one that changes after it has answered.
  const decrypt = allowedTo(encrypted, 'BackupGuardGuardRunningBackupsRole').get('kms:Decrypt');
  assert.deepEqual(decrypt, ['<Key.Arn>', '<Key.Arn>']);
});

test('Each of three roles of people may do what the commands of its operators need, with this backup alone', () => {
  const see = allowedTo(encrypted, 'Reader');
  assert.deepEqual(see.get('states:GetExecutionHistory'), [
    'arn:aws:states:eu-central-1:123456789012:execution:<Backup.Name>:*',
  ]);
  assert.deepEqual(see.get('cloudformation:DescribeStacks'), ['<AWS::StackId>']);
  assert.deepEqual(see.get('kms:Decrypt'), ['<Key.Arn>']);
  assert.equal(see.get('states:StartExecution'), undefined);
  const backUp = allowedTo(encrypted, 'Operator');
  // Its two state machines.
  assert.equal(backUp.get('states:StartExecution')?.length, 2);
  assert.equal(backUp.get('lambda:InvokeFunction')?.length, 4);
  const all = allowedTo(encrypted, 'Owner').get('lambda:InvokeFunction');
  assert.ok(all?.includes('<BackupFunctionsDeleteLeftovers.Arn>'), all?.join());
});
