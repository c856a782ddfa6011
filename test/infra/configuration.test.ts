import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import { configurationFile } from '../../infra/configuration.ts';
import {
  configurationOf,
  fileOf,
  fullConfiguration,
  networkConfiguration,
  smallConfiguration,
  stackOf,
} from './stack.ts';

const mistakes: Record<string, [yaml: string, says: RegExp]> = {
  'a secret in the environment': [
    fullConfiguration.replace(/\{ secretsManager: .*?, key: password \}/, '{ env: ES_PASSWORD }'),
    /clusters\.production\.search\.auth\.password is the environment variable ES_PASSWORD.*secretsManager/,
  ],
  'a secret of the REST address in the environment': [
    smallConfiguration.replace(
      'zeebe:9600 }',
      'zeebe:9600, rest: { url: http://zeebe:8080, auth: { apiKey: { env: REST_KEY } } } }',
    ),
    /clusters\.small\.zeebe\.rest\.auth\.apiKey is the environment variable REST_KEY/,
  ],
  'a part of an ARN': [
    fullConfiguration.replace('elasticsearch-AbCdEf', 'elasticsearch'),
    /clusters\.production\.search\.auth\.password is not the whole ARN/,
  ],
  'seconds between two backups': [
    `${smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600 }, schedules: [{ every: 90s }]')}`,
    /clusters\.small\.schedules\.0\.every is not a number of whole minutes/,
  ],
  'a bucket with a wrong name': [
    fullConfiguration.replace('my-company-camunda-backups', 'My_Bucket'),
    /ledger\.s3\.bucket is not the name of a bucket/,
  ],
  "another server than AWS's": [
    fullConfiguration.replace('prefix: ledger', 'endpoint: http://minio:9000'),
    /ledger\.s3\.endpoint is another server/,
  ],
  'two regions': [
    `${fullConfiguration.replace('prefix: ledger', 'region: eu-west-1')}  region: eu-central-1\n`,
    /ledger\.s3\.region is another region/,
  ],
  'a subnet without its zone': [
    fullConfiguration + networkConfiguration.replace('eu-central-1a, ', ''),
    /deployment\.network\.subnetIds are 2 for 1/,
  ],
  'a security group that cannot be one': [
    fullConfiguration + networkConfiguration.replace('sg-0123456789abcdef0', 'sg-of-camunda'),
    /deployment\.network\.securityGroupIds\.0 is sg-of-camunda, which is not a whole id/,
  ],
  'a lock of hours': [
    `${smallConfiguration}\ndeployment: { objectLock: 12h }`,
    /deployment\.objectLock is not a number of whole days/,
  ],
  'a ledger that is locked and goes': [
    `${smallConfiguration}\ndeployment: { objectLock: 1d, removalPolicy: destroy }`,
    /deployment\.removalPolicy is `destroy` beside `objectLock`/,
  ],
};

for (const [name, [yaml, says]] of Object.entries(mistakes)) {
  test(`is refused at its path: ${name}`, async () => {
    await assert.rejects(configurationOf(yaml), { name: 'ConfigurationError', message: says });
  });
}

test('all mistakes are told at once', async () => {
  const yaml = `${smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600 }, schedules: [{ every: 90s }]')}
deployment: { objectLock: 12h }`;
  await assert.rejects(configurationOf(yaml), {
    message: /schedules\.0\.every[\s\S]*deployment\.objectLock/,
  });
});

test('a file without `deployment` has the defaults', async () => {
  const { deployment } = await configurationOf(smallConfiguration);
  assert.equal(deployment.stack, 'camunda-backup');
  assert.equal(deployment.removalPolicy, 'retain');
});

test('the functions get what anchors repeat, and nothing that is only there to be repeated', async () => {
  const yaml = smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600 }, maxAge: *age');
  const { written } = await configurationOf(`x-age: &age 26h\n${yaml}`);
  assert.deepEqual(Object.keys(Object(written)), Object.keys(parse(smallConfiguration)));
  assert.match(JSON.stringify(written), /"maxAge":"26h"/);
});

test('the context names a file, else the environment does', () => {
  assert.equal(configurationFile('a.yaml', { CAMUNDA_BACKUP_CONFIG: 'b.yaml' }), 'a.yaml');
  assert.equal(configurationFile(undefined, { CAMUNDA_BACKUP_CONFIG: 'b.yaml' }), 'b.yaml');
  assert.match(configurationFile(undefined, {}), /^camunda-backup(\.example)?\.yaml$/);
});

test('at synth a mistake is a message and exit code 1, without a stack trace', () => {
  const file = fileOf(`${smallConfiguration}\ndeployment: { logRetention: 91d }`);
  const root = path.join(import.meta.dirname, '..', '..');
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: { ...process.env, CAMUNDA_BACKUP_CONFIG: file },
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /deployment\.logRetention is none of 1d, 3d/);
  assert.doesNotMatch(stderr, /^\s+at /m);
});

test('a Node that is too old for the app is said in one sentence', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const preload = path.join(folder, 'old.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`,
  );
  const root = path.join(import.meta.dirname, '..', '..');
  const { app } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8'));
  const { status, stderr } = spawnSync(app, {
    shell: true,
    cwd: root,
    env: {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      NODE_OPTIONS: `-r ${preload}`,
    },
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^The stack is made with Node 22\.18 or later, and this is Node 20\.20\.2 .*npx cdk.*\n$/,
  );
});

test('tags, account and region are those of the file', async () => {
  const stack = await stackOf(`${smallConfiguration}
deployment: { stack: camunda-dr, region: eu-west-1, account: "123456789012", tags: { team: platform } }
`);
  assert.equal(stack.stackName, 'camunda-dr');
  assert.equal(stack.environment, 'aws://123456789012/eu-west-1');
  assert.deepEqual(stack.tags.tagValues(), { team: 'platform' });
});

test('what is risky is told at synth', async () => {
  const annotations = Annotations.fromStack(await stackOf(smallConfiguration));
  for (const text of [
    'Nobody subscribes to the alerts',
    'No backup of small starts by itself',
    'Nobody is told when backups of small stay away',
    'ledger.folder is for the command line',
  ]) {
    annotations.hasWarning('*', Match.stringLikeRegexp(text));
  }
});

test('what is not risky is not', async () => {
  Annotations.fromStack(await stackOf(fullConfiguration)).hasNoWarning('*', Match.anyValue());
});
