import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { allFunctions, functions } from '../../../lambdas/functions.ts';
import { guardProperties } from '../../../lambdas/guard/request.ts';
import {
  elasticsearchSecret,
  fullConfiguration,
  networkConfiguration,
  smallConfiguration,
  stackOf,
  templateOf,
} from '../stack.ts';
import { allowedTo, flat, statementsOf } from '../statements.ts';

const template = await templateOf(fullConfiguration);
const roleOf = (name: string) => `Functions${name}Role`;

test('Every function of the table is deployed on Node 24 and arm64, traced unless it says otherwise, with JSON logs for 90 days', () => {
  for (const { definition } of Object.values(functions)) {
    const { description, timeoutSeconds, memoryMegabytes, untraced } = definition;
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: description,
      Timeout: timeoutSeconds,
      MemorySize: memoryMegabytes,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: untraced ? Match.absent() : { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
      Environment: {
        Variables: Match.objectLike({
          LEDGER_BUCKET: Match.anyValue(),
          LEDGER_PREFIX: 'ledger/',
          POWERTOOLS_SERVICE_NAME: 'camunda-backup',
          POWERTOOLS_METRICS_NAMESPACE: 'CamundaBackup',
          NODE_OPTIONS: '--enable-source-maps',
        }),
      },
    });
  }
  template.resourceCountIs('AWS::Lambda::Function', Object.keys(allFunctions).length);
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const secrets = ['kms:Decrypt', 'secretsmanager:GetSecretValue'];
const executions = ['states:DescribeExecution', 'states:ListExecutions', 'states:StopExecution'];
const alerts = ['kms:Decrypt', 'kms:GenerateDataKey*', 'sns:Publish'];

test('Each function may do what the table says, and nothing else', () => {
  for (const [name, { definition }] of Object.entries(functions)) {
    const { ledger, needs, untraced } = definition;
    const allowed = allowedTo(template, roleOf(name));
    const wanted = [
      ...logs,
      ...(untraced ? [] : traces),
      's3:ListBucket',
      ...(ledger.read.length ? ['s3:GetObject'] : []),
      ...(ledger.write.length ? ['s3:PutObject'] : []),
      ...(needs.includes('secrets') ? secrets : []),
      ...(needs.includes('alerts') ? alerts : []),
      ...(needs.includes('events') ? ['events:PutEvents'] : []),
      ...(needs.includes('recipients') ? ['sns:ListSubscriptionsByTopic'] : []),
      ...(needs.includes('executions') ? executions : []),
      ...(needs.includes('executionStates') ? ['states:DescribeExecution'] : []),
    ];
    assert.deepEqual([...allowed.keys()].sort(), [...new Set(wanted)].sort(), name);
  }
});

test('The functions may read and write the ledger by exact patterns of keys', () => {
  const pause = allowedTo(template, roleOf('PauseExporting'));
  assert.deepEqual(pause.get('s3:GetObject'), ['<Ledger.Arn>/ledger/*/lock.json']);
  assert.deepEqual(pause.get('s3:PutObject'), ['<Ledger.Arn>/ledger/*/lock.json']);
  const check = allowedTo(template, roleOf('CheckComponentBackup'));
  assert.deepEqual(check.get('s3:PutObject')?.toSorted(), [
    '<Ledger.Arn>/ledger/*/backups/*/components/*.json',
    '<Ledger.Arn>/ledger/*/backups/*/snapshots/*.json',
    '<Ledger.Arn>/ledger/*/lock.json',
  ]);
});

test('The heartbeat of a run outside AWS is read by the watchdog and by a repair, which alone writes one', () => {
  const may = (action: string) =>
    Object.keys(functions).filter((name) =>
      allowedTo(template, roleOf(name)).get(action)?.includes('<Ledger.Arn>/ledger/*/heartbeat.json'),
    );
  assert.deepEqual(may('s3:GetObject'), ['RepairCluster', 'DeleteLeftovers', 'WatchOverExporting']);
  assert.deepEqual(may('s3:PutObject'), ['RepairCluster']);
});

test('No function may delete anything of the ledger: a lock that is given back is written over', () => {
  for (const name of Object.keys(functions)) {
    assert.ok(!allowedTo(template, roleOf(name)).has('s3:DeleteObject'), name);
  }
});

test('DeleteFailedBackup may read the ledger and the secrets, and changes nothing of the ledger', () => {
  const allowed = allowedTo(template, roleOf('DeleteFailedBackup'));
  assert.deepEqual(allowed.get('s3:GetObject')?.toSorted(), [
    '<Ledger.Arn>/ledger/*/backups/*/components/*.json',
    '<Ledger.Arn>/ledger/*/backups/*/manifest.json',
    '<Ledger.Arn>/ledger/*/backups/*/use.json',
    '<Ledger.Arn>/ledger/*/lock.json',
  ]);
  assert.ok(!allowed.has('s3:PutObject'));
  assert.ok(allowed.has('secretsmanager:GetSecretValue'));
});

test('CheckCluster, which a person calls before the first backup, may write nothing', () => {
  assert.deepEqual([...allowedTo(template, roleOf('CheckCluster')).keys()].sort(), [
    'kms:Decrypt',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    's3:GetObject',
    's3:ListBucket',
    'secretsmanager:GetSecretValue',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
});

test('A repair may describe executions of this machine and stop none, and a deletion writes nothing into the ledger', () => {
  for (const name of ['RepairCluster', 'DeleteLeftovers']) {
    const allowed = allowedTo(template, roleOf(name));
    assert.deepEqual(allowed.get('states:DescribeExecution'), [
      'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<Backup.Name>:*',
    ]);
    assert.ok(!allowed.has('states:StopExecution'), name);
  }
  assert.ok(!allowedTo(template, roleOf('DeleteLeftovers')).has('s3:PutObject'));
});

test('Events are sent to the default bus only, and no function may send one of another source or of another kind', () => {
  for (const [name, { definition }] of Object.entries(functions)) {
    const found = statementsOf(template, roleOf(name)).filter(({ Action }) =>
      Action.includes('events:PutEvents'),
    );
    assert.equal(found.length, definition.needs.includes('events') ? 1 : 0, name);
    for (const { Resource, Condition } of found) {
      assert.equal(
        flat(Resource),
        'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default',
      );
      assert.deepEqual(Condition, {
        StringEquals: {
          'events:source': 'camunda-backup',
          'events:detail-type': [
            'Backup Started',
            'Backup Completed',
            'Backup Failed',
            'Backup Skipped',
            'Exporting Left Paused',
          ],
        },
      });
    }
  }
});

test('A function is told that a document is missing, and may list only its own kinds of keys', () => {
  const [list] = statementsOf(template, roleOf('PauseExporting')).filter(({ Action }) =>
    Action.includes('s3:ListBucket'),
  );
  assert.equal(flat(list?.Resource), '<Ledger.Arn>');
  // Not StringLike: that refuses where S3 sends no prefix along, and a missing lock would be a 403.
  assert.deepEqual(list?.Condition, { StringLikeIfExists: { 's3:prefix': ['ledger/*/lock.json'] } });
});

test('A function that looks for backups may list those, and nothing else beside its own kinds of keys', () => {
  const [list] = statementsOf(template, roleOf('PrepareBackup')).filter(({ Action }) =>
    Action.includes('s3:ListBucket'),
  );
  assert.deepEqual(list?.Condition, {
    StringLikeIfExists: {
      's3:prefix': [
        'ledger/*/lock.json',
        'ledger/*/backups/*/manifest.json',
        'ledger/*/backups/*/restore.json',
        'ledger/*/backups/*',
      ],
    },
  });
});

test('Secrets are read by their ARNs, and decrypted for nothing else', () => {
  const statements = statementsOf(template, roleOf('ResumeExporting'));
  const read = statements.find(({ Action }) => Action.includes('secretsmanager:GetSecretValue'));
  assert.equal(read?.Resource, elasticsearchSecret);
  const decrypt = statements.find(({ Action }) => Action.includes('kms:Decrypt'));
  assert.deepEqual(decrypt?.Condition?.['StringEquals']?.['kms:EncryptionContext:SecretARN'], [
    elasticsearchSecret,
  ]);
});

test('The secret of the REST address, the one with its authority and the key of the webhook are read like the others', async () => {
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/rest-AbCdEf';
  const authority = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/authority-AbCdEf';
  const rest = `rest: { url: http://zeebe:8080, auth: { apiKey: { secretsManager: "${arn}" } }, tls: { ca: { secretsManager: "${authority}" } } }`;
  const key = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/webhook-AbCdEf';
  const notify = `notify: { webhook: { url: https://alerts.example.com, secret: { secretsManager: "${key}" } } }`;
  const template = await templateOf(
    `${smallConfiguration.replace('zeebe:9600 }', `zeebe:9600, ${rest} }`)}${notify}\n`,
  );
  const statements = statementsOf(template, roleOf('PrepareBackup'));
  const read = statements.find(({ Action }) => Action.includes('secretsmanager:GetSecretValue'));
  assert.deepEqual(read?.Resource, [authority, arn]);
  // Those that tell people read the key of the webhook, and no function reads what it does not need.
  for (const [name, { definition }] of Object.entries(functions)) {
    const allowed = allowedTo(template, roleOf(name)).get('secretsmanager:GetSecretValue') ?? [];
    const needs = (need: string) => definition.needs.some((one) => one === need);
    const expected = [...(needs('secrets') ? [authority, arn] : []), ...(needs('alerts') ? [key] : [])];
    assert.deepEqual(allowed, expected.toSorted(), name);
  }
  const [guard] = Object.values(
    template.findResources('Custom::CamundaBackupGuard', { Properties: { Guards: 'update' } }),
  );
  assert.ok(guardProperties.parse(guard?.['Properties']).Reach.includes(`the secret ${key}`));
});

const openSearch = (url: string, auth: string) =>
  smallConfiguration.replace(
    'zeebe:9600 }',
    `zeebe:9600 }, search: { engine: opensearch, url: "${url}", repository: camunda, auth: ${auth} }`,
  );

test('Only the functions that call the search engine may send requests to the domain whose requests are signed', async () => {
  const host = 'vpc-camunda-prod-aaaaaaaaaaaaaaaaaaaaaaaaaa.eu-central-1.es.amazonaws.com';
  const stack = await stackOf(openSearch(`https://${host}`, '{ aws: es }'));
  const template = Template.fromStack(stack);
  const actions = ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpPost', 'es:ESHttpPut'];
  for (const [name, { definition }] of Object.entries(functions)) {
    const allowed = allowedTo(template, roleOf(name));
    const found = [...allowed.keys()].filter((action) => action.startsWith('es:')).sort();
    const search = definition.needs.includes('search');
    assert.deepEqual(found, search ? actions : [], name);
    for (const action of found) {
      assert.deepEqual(allowed.get(action), [
        'arn:<AWS::Partition>:es:eu-central-1:<AWS::AccountId>:domain/camunda-prod/*',
      ]);
    }
  }
  assert.deepEqual(new AwsSolutionsChecks().validateScope(stack).violations, []);
});

test('Only the functions that verify or list backups may read the stores of Zeebe in S3, below the base path and nothing else', async () => {
  const store = (cluster: string, s3: string) =>
    `  ${cluster}: { zeebe: { url: http://zeebe:9600, store: { s3: { ${s3} } } } }\n`;
  const yaml = `ledger: { folder: ./ledger }\nclusters:\n${[
    store('one', 'bucket: zeebe-backups, basePath: /camunda/one/'),
    store('two', 'bucket: other-backups'),
    store('elsewhere', 'bucket: local, endpoint: "http://minio:9000"'),
  ].join('')}`;
  const stack = await stackOf(yaml);
  const template = Template.fromStack(stack);
  const s3 = 'arn:<AWS::Partition>:s3:::';
  for (const [name, { definition }] of Object.entries(functions)) {
    const reads = definition.needs.includes('zeebeStore');
    const objects = allowedTo(template, roleOf(name)).get('s3:GetObject') ?? [];
    assert.deepEqual(
      objects.filter((resource) => resource.startsWith(s3)),
      reads ? [`${s3}other-backups/*`, `${s3}zeebe-backups/camunda/one/*`] : [],
      name,
    );
    assert.deepEqual(
      statementsOf(template, roleOf(name))
        .filter(({ Resource }) => !Array.isArray(Resource) && flat(Resource).startsWith(s3))
        .map(({ Action, Resource, Condition }) => [Action, flat(Resource), Condition]),
      reads
        ? [
            {
              Resource: `${s3}zeebe-backups`,
              Condition: { StringLikeIfExists: { 's3:prefix': ['camunda/one/*'] } },
            },
            { Resource: `${s3}other-backups`, Condition: { StringLikeIfExists: { 's3:prefix': ['*'] } } },
          ].map(({ Resource, Condition }) => [['s3:ListBucket'], Resource, Condition])
        : [],
      name,
    );
  }
  assert.deepEqual(new AwsSolutionsChecks().validateScope(stack).violations, []);
});

test('A domain with a custom address is permitted by the ARN that the configuration names', async () => {
  const arn = 'arn:aws:es:eu-west-1:210987654321:domain/camunda';
  const custom = openSearch(
    'https://search.example.com',
    `{ aws: es, region: eu-west-1, domainArn: "${arn}" }`,
  );
  const allowed = allowedTo(await templateOf(custom), roleOf('StartRecordsBackup'));
  assert.deepEqual(allowed.get('es:ESHttpPut'), [`${arn}/*`]);
});

test('No function may read a secret where the configuration has none', async () => {
  const small = await templateOf(smallConfiguration);
  for (const name of Object.keys(functions)) {
    assert.ok(!allowedTo(small, roleOf(name)).has('secretsmanager:GetSecretValue'), name);
  }
});

test('No function has a policy that AWS manages', () => {
  template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
});

test('The watchdog may stop executions of this machine, and tell people', () => {
  const allowed = allowedTo(template, roleOf('WatchOverExporting'));
  assert.deepEqual(allowed.get('states:StopExecution'), [
    'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<Backup.Name>:*',
  ]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: functions.WatchOverExporting.definition.description,
    Environment: {
      Variables: Match.objectLike({
        ALERTS_TOPIC_ARN: Match.anyValue(),
      }),
    },
  });
});

test('The functions that talk to the cluster are in the configured network, and no others are', async () => {
  const inVpc = await templateOf(fullConfiguration + networkConfiguration);
  for (const [name, { definition }] of Object.entries(functions)) {
    const { description, needs } = definition;
    const cluster = needs.includes('cluster');
    inVpc.hasResourceProperties('AWS::Lambda::Function', {
      Description: description,
      VpcConfig: cluster
        ? {
            SubnetIds: ['subnet-0a0a0a0a0a0a0a0a0', 'subnet-0b0b0b0b0b0b0b0b0'],
            SecurityGroupIds: ['sg-0123456789abcdef0'],
          }
        : Match.absent(),
    });
    assert.equal(allowedTo(inVpc, roleOf(name)).has('ec2:CreateNetworkInterface'), cluster, name);
  }
  template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
});

test('All functions are in the network where that is configured, also the guard', async () => {
  const inVpc = await templateOf(`${fullConfiguration}${networkConfiguration}    functions: all\n`);
  inVpc.resourceCountIs('AWS::Lambda::Function', Object.keys(allFunctions).length);
  inVpc.allResourcesProperties('AWS::Lambda::Function', {
    VpcConfig: {
      SubnetIds: ['subnet-0a0a0a0a0a0a0a0a0', 'subnet-0b0b0b0b0b0b0b0b0'],
      SecurityGroupIds: ['sg-0123456789abcdef0'],
    },
  });
  for (const name of ['CompleteBackup', 'RecordFailure']) {
    assert.ok(allowedTo(inVpc, roleOf(name)).has('ec2:CreateNetworkInterface'), name);
  }
});
