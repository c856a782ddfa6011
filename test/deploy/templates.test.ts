import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { templateOf } from '../infra/stack.ts';
import { unless } from '../support/unless.ts';
import { errorsOf } from './cfn-lint/cfn-lint.ts';
import { findPython } from './python.ts';

const python = await findPython();
const { program, skip } =
  typeof python === 'string'
    ? { program: '', skip: python }
    : { program: python.program, skip: false as const };

const root = path.join(import.meta.dirname, '..', '..');
const example = readFileSync(path.join(root, 'camunda-backup.example.yaml'), 'utf8');

const regions = [
  { region: 'us-east-1', partition: 'aws' },
  { region: 'eu-central-1', partition: 'aws' },
  { region: 'cn-north-1', partition: 'aws-cn' },
  { region: 'cn-northwest-1', partition: 'aws-cn' },
  { region: 'us-gov-west-1', partition: 'aws-us-gov' },
  { region: 'us-gov-east-1', partition: 'aws-us-gov' },
  { region: 'eusc-de-east-1', partition: 'aws-eusc' },
];

/** Everything that adds a resource or changes the form of one. */
const everything = ({ region, partition }: (typeof regions)[number]) => `
ledger: { s3: { bucket: my-company-camunda-backups, prefix: ledger } }
clusters:
  production:
    zeebe: { url: http://zeebe.camunda.internal:9600 }
    search:
      engine: opensearch
      url: https://search.camunda.internal
      repository: camunda
      auth: { aws: es, region: ${region}, domainArn: "arn:${partition}:es:${region}:123456789012:domain/camunda" }
    maxPause: 30m
    maxAge: 26h
    schedules:
      - { cron: "0 3 * * ? *", timezone: Europe/Berlin, flexibleWindow: 15m, retryAttempts: 5, retryFor: 2h }
      - { every: 6h, enabled: false }
  older:
    zeebe: { url: http://older.camunda.internal:9600 }
    search:
      engine: elasticsearch
      url: https://older-search.camunda.internal
      repository: camunda
      auth: { username: backup, password: { secretsManager: "arn:${partition}:secretsmanager:${region}:123456789012:secret:camunda/es-AbCdEf" } }
    maxAge: 2d
    schedules: [{ cron: "0 4 * * ? *" }]
  third:
    zeebe: { url: http://third.camunda.internal:9600 }
    maxAge: 2d
    schedules: [{ cron: "0 5 * * ? *" }]
deployment:
  region: ${region}
  account: "123456789012"
  network:
    vpcId: vpc-0123456789abcdef0
    availabilityZones: [${region}a, ${region}b]
    subnetIds: [subnet-0a0a0a0a0a0a0a0a0, subnet-0b0b0b0b0b0b0b0b0]
    securityGroupIds: [sg-0123456789abcdef0]
    functions: all
  alerts:
    email: [on-call@example.com]
    sms: ["+4930123456"]
    https: [https://events.example.com/sns]
    lambda: ["arn:${partition}:lambda:${region}:123456789012:function:page-on-call"]
    topicArn: "arn:${partition}:sns:${region}:123456789012:on-call"
    topicKeyArn: "arn:${partition}:kms:${region}:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    onSuccess: true
  dashboard: true
  objectLock: 30d
  tags: { team: platform }
  terminationProtection: true
`;

// A Succeed state may have an OutputPath: https://states-language.net/spec.html#succeed-state and the CDK's SucceedProps.
// The schema of cfn-lint lacks it.
const wrongFindings = (template: string) =>
  [
    'States/BackupCompleted',
    'States/VerifyEach/ItemProcessor/States/ReadParts/ItemProcessor/States/PartNotRead',
  ].map(
    (state) =>
      `${template}: E3601 Additional properties are not allowed ('OutputPath' was unexpected) at '${state}/OutputPath'`,
  );

const { describe, it } = unless(skip);

describe('cfn-lint', () => {
  it('finds no error in the template of the example, in any of the regions', async () => {
    const templates = { example: (await templateOf(example)).toJSON() };
    const names = regions.map(({ region }) => region);
    assert.deepEqual(await errorsOf(templates, names, program), wrongFindings('example'));
  });

  it.each(regions)('finds no error in a template with everything in $region', async (place) => {
    const templates = { everything: (await templateOf(everything(place))).toJSON() };
    assert.deepEqual(await errorsOf(templates, [place.region], program), wrongFindings('everything'));
  });

  it('finds no error in the templates of docs/network.md', async () => {
    const page = readFileSync(path.join(root, 'docs', 'network.md'), 'utf8');
    const blocks = [...page.matchAll(/```yaml\n(Resources:.*?)```/gs)];
    const templates = Object.fromEntries(
      blocks.map(([, text = ''], index) => [`block ${index}`, parse(text)]),
    );
    assert.deepEqual(Object.keys(templates), ['block 0', 'block 1']);
    assert.deepEqual(await errorsOf(templates, ['eu-central-1'], program), []);
  });

  it('finds the errors of a template that CloudFormation would refuse', async () => {
    const logs = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 31 } };
    const errors = await errorsOf({ broken: { Resources: { Logs: logs } } }, ['cn-north-1'], program);
    assert.match(errors.join('\n'), /^broken: E3030 31 is not one of \[1, 3, 5,/);
  });
});
