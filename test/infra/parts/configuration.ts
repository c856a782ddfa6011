import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import { configurationFile, loadDeployable } from '../../../infra/configuration.ts';
import { certificateAuthority } from '../../support/certificates.ts';
import {
  configurationOf,
  fileOf,
  fullConfiguration,
  networkConfiguration,
  smallConfiguration,
  stackOf,
} from '../stack.ts';

const mistakes: { what: string; yaml: string; says: RegExp }[] = [
  {
    what: 'a secret in the environment',
    yaml: fullConfiguration.replace(/\{ secretsManager: .*?, key: password \}/, '{ env: ES_PASSWORD }'),
    says: /clusters\.production\.search\.auth\.password is the environment variable ES_PASSWORD.*secretsManager/,
  },
  {
    what: 'a secret of the REST address in the environment',
    yaml: smallConfiguration.replace(
      'zeebe:9600 }',
      'zeebe:9600, rest: { url: http://zeebe:8080, auth: { apiKey: { env: REST_KEY } } } }',
    ),
    says: /clusters\.small\.zeebe\.rest\.auth\.apiKey is the environment variable REST_KEY/,
  },
  {
    what: 'a secret in the environment, in China',
    yaml: `${smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600, auth: { apiKey: { env: KEY } } }')}deployment: { region: cn-north-1 }\n`,
    says: /put the secret into Secrets Manager and write: \{ secretsManager: "arn:aws-cn:secretsmanager:…", key: apiKey \}/,
  },
  {
    what: 'a private key in a file',
    yaml: smallConfiguration.replace(
      'zeebe:9600 }',
      'zeebe:9600, tls: { certificate: client.pem, key: { file: client.key } } }',
    ),
    says: /clusters\.small\.zeebe\.tls\.key is the file client\.key, and the bundles of the functions contain no private keys/,
  },
  {
    what: 'an authority in a file that is not there',
    yaml: smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600, tls: { ca: missing.pem } }'),
    says: /clusters\.small\.zeebe\.tls\.ca: The file missing\.pem cannot be read/,
  },
  {
    what: 'a domain of Amazon OpenSearch Service that its address does not name',
    yaml: smallConfiguration.replace(
      'zeebe:9600 }',
      'zeebe:9600 }, search: { engine: opensearch, url: https://search.example.com, repository: camunda, auth: { aws: es } }',
    ),
    says: /clusters\.small\.search\.auth\.aws needs the ARN of the domain beside it, .*domainArn: "arn:aws:es:REGION:ACCOUNT:domain\/NAME"/,
  },
  {
    what: 'a part of an ARN',
    yaml: fullConfiguration.replace('elasticsearch-AbCdEf', 'elasticsearch'),
    says: /clusters\.production\.search\.auth\.password is not the whole ARN/,
  },
  {
    what: 'seconds between two backups',
    yaml: `${smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600 }, schedules: [{ every: 90s }]')}`,
    says: /clusters\.small\.schedules\.0\.every is not a number of whole minutes/,
  },
  {
    what: 'a bucket with a wrong name',
    yaml: fullConfiguration.replace('my-company-camunda-backups', 'My_Bucket'),
    says: /ledger\.s3\.bucket is not the name of a bucket/,
  },
  {
    what: "a server other than AWS's",
    yaml: fullConfiguration.replace('prefix: ledger', 'endpoint: http://minio:9000'),
    says: /ledger\.s3\.endpoint is not a server of AWS/,
  },
  {
    what: 'two regions',
    yaml: `${fullConfiguration.replace('prefix: ledger', 'region: eu-west-1')}  region: eu-central-1\n`,
    says: /ledger\.s3\.region differs from deployment\.region/,
  },
  {
    what: 'a subnet without its zone',
    yaml: fullConfiguration + networkConfiguration.replace('eu-central-1a, ', ''),
    says: /deployment\.network\.subnetIds are 2 for 1/,
  },
  {
    what: 'a security group that cannot be one',
    yaml: fullConfiguration + networkConfiguration.replace('sg-0123456789abcdef0', 'sg-of-camunda'),
    says: /deployment\.network\.securityGroupIds\.0 is sg-of-camunda, which is not a whole id/,
  },
  {
    what: 'a lock of hours',
    yaml: `${smallConfiguration}\ndeployment: { objectLock: 12h }`,
    says: /deployment\.objectLock is not a number of whole days/,
  },
  {
    what: 'a ledger that is locked and yet goes with the stack',
    yaml: `${smallConfiguration}\ndeployment: { objectLock: 1d, removalPolicy: destroy }`,
    says: /deployment\.removalPolicy is `destroy`, but `objectLock` prevents the deletion/,
  },
  {
    what: 'the alias of a key',
    yaml: `${smallConfiguration}\ndeployment: { alerts: { topicKeyArn: "arn:aws:kms:eu-central-1:123456789012:alias/alerts" } }`,
    says: /deployment\.alerts\.topicKeyArn is .*alias\/alerts, which is not the whole ARN of a key/,
  },
  {
    what: 'an existing topic whose encryption it means to switch off',
    yaml: `${smallConfiguration}\ndeployment: { alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call", encrypted: false } }`,
    says: /deployment\.alerts\.encrypted is false, .*topicArn names an existing one/,
  },
];

for (const { what, yaml, says } of mistakes) {
  test(`A configuration with ${what} is refused, and the message names its path`, async () => {
    await assert.rejects(configurationOf(yaml), { name: 'ConfigurationError', message: says });
  });
}

test('All mistakes of a configuration are told at once', async () => {
  const yaml = `${smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600 }, schedules: [{ every: 90s }]')}
deployment: { objectLock: 12h }`;
  await assert.rejects(configurationOf(yaml), {
    message: /schedules\.0\.every[\s\S]*deployment\.objectLock/,
  });
});

test('A file without `deployment` has the defaults', async () => {
  const { deployment } = await configurationOf(smallConfiguration);
  assert.equal(deployment.stack, 'camunda-backup');
  assert.equal(deployment.removalPolicy, 'retain');
});

test('The functions get what anchors repeat, and nothing that is only there to be repeated', async () => {
  const yaml = smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600 }, maxAge: *age');
  const { written } = await configurationOf(`x-age: &age 26h\n${yaml}`);
  assert.deepEqual(Object.keys(Object(written)), Object.keys(parse(smallConfiguration)));
  assert.match(JSON.stringify(written), /"maxAge":"26h"/);
});

test('The context names the configuration file, and without it the environment does', () => {
  assert.equal(configurationFile('a.yaml', { CAMUNDA_BACKUP_CONFIG: 'b.yaml' }), 'a.yaml');
  assert.equal(configurationFile(undefined, { CAMUNDA_BACKUP_CONFIG: 'b.yaml' }), 'b.yaml');
  assert.match(configurationFile(undefined, {}), /^camunda-backup(\.example)?\.yaml$/);
});

test('The stack has the name, tags, account, region and termination protection of the file', async () => {
  const stack = await stackOf(`${smallConfiguration}
deployment: { stack: camunda-dr, region: eu-west-1, account: "123456789012", tags: { team: platform }, terminationProtection: true }
`);
  assert.equal(stack.stackName, 'camunda-dr');
  assert.equal(stack.environment, 'aws://123456789012/eu-west-1');
  assert.deepEqual(stack.tags.tagValues(), { team: 'platform' });
  assert.equal(stack.terminationProtection, true);
  assert.equal((await stackOf(smallConfiguration)).terminationProtection, false);
});

test('A configuration that is risky is warned of at synth', async () => {
  const annotations = Annotations.fromStack(await stackOf(smallConfiguration));
  for (const text of [
    'The alerts have no subscribers',
    'No backup of small starts by itself',
    'No alert reports missing backups of small',
    'ledger.folder is for the command line',
  ]) {
    annotations.hasWarning('*', Match.stringLikeRegexp(text));
  }
});

test('A configuration that is not risky has no warning at synth', async () => {
  Annotations.fromStack(await stackOf(fullConfiguration)).hasNoWarning('*', Match.anyValue());
});

test('The certificates that addresses name are deployed with the functions, by the path in the configuration', async () => {
  const { cert } = certificateAuthority('authority of the company');
  const file = fileOf(
    smallConfiguration.replace('zeebe:9600 }', 'zeebe:9600, tls: { ca: ./authority.pem } }'),
  );
  writeFileSync(path.join(path.dirname(file), 'authority.pem'), cert);
  assert.deepEqual(loadDeployable(file).tlsFiles, { './authority.pem': cert });
  assert.equal((await configurationOf(smallConfiguration)).tlsFiles, undefined);
});
