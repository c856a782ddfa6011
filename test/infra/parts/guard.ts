import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { allFunctions } from '../../../lambdas/functions.ts';
import { type GuardProperties, guardProperties } from '../../../lambdas/guard/request.ts';
import { takenAway } from '../../../lambdas/guard/taken-away.ts';
import {
  elasticsearchSecret,
  fullConfiguration,
  networkConfiguration,
  smallConfiguration,
  templateOf,
} from '../stack.ts';
import { allowedTo, statementsOf } from '../statements.ts';

const template = await templateOf(fullConfiguration);

const resources = z.record(
  z.string(),
  z.object({ Type: z.string(), DependsOn: z.array(z.string()).default([]) }).loose(),
);
const all = resources.parse(template.toJSON()['Resources']);

/** The resources that a resource needs, directly and through others. */
function needsOf(id: string, seen = new Set<string>()): Set<string> {
  const referred = [...JSON.stringify(all[id]).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([A-Za-z0-9]+)"/g)];
  for (const next of [...(all[id]?.DependsOn ?? []), ...referred.map(([, to = '']) => to)]) {
    if (all[next] && !seen.has(next)) needsOf(next, seen.add(next));
  }
  return seen;
}

const idOf = (start: string) => {
  const found = Object.keys(all).find((id) => id.startsWith(start));
  assert(found, `there is no ${start}`);
  return found;
};
const guards = {
  beforeUpdate: idOf('GuardBeforeUpdate'),
  withoutSchedules: idOf('GuardWithoutSchedules'),
  beforeDeletion: idOf('GuardBeforeDeletion'),
};
/** The resources that make up the guard itself. */
const isOfGuard = (id: string) => id.startsWith('Guard') && id !== idOf('GuardLooks');
const isSchedule = (id: string) => id.startsWith('Schedules');

const propertiesIn = (of: Template, guarding: GuardProperties['Guards']): GuardProperties => {
  const [found] = Object.values(
    of.findResources('Custom::CamundaBackupGuard', { Properties: { Guards: guarding } }),
  );
  return guardProperties.parse(found?.['Properties']);
};

test('Every other resource waits for the guard in an update, so that the guard is asked before anything is changed', () => {
  const others = Object.keys(all).filter((id) => !isOfGuard(id));
  assert.ok(others.length > 50);
  for (const id of others) assert.ok(needsOf(id).has(guards.beforeUpdate), id);
  // The guard itself needs nothing but its function.
  for (const id of needsOf(guards.beforeUpdate)) assert.match(id, /^GuardGuardRunningBackups/);
});

test('The guard is asked in a deletion before anything is deleted, and once more after the schedules and before the rest', () => {
  const rest = Object.keys(all).filter((id) => !isOfGuard(id) && !isSchedule(id));
  const schedules = Object.keys(all).filter(isSchedule);
  // Three schedules, their group, and their role with its policy.
  assert.equal(schedules.length, 6);
  for (const id of schedules) assert.ok(needsOf(guards.beforeDeletion).has(id), id);
  for (const id of schedules) assert.ok(needsOf(id).has(guards.withoutSchedules), id);
  for (const id of rest) assert.ok(needsOf(guards.withoutSchedules).has(id), id);
  assert.ok(needsOf(guards.beforeDeletion).has(guards.withoutSchedules));
});

test('CloudFormation waits five minutes for the guard, whose own time limit is much shorter', () => {
  template.resourceCountIs('Custom::CamundaBackupGuard', 3);
  template.allResourcesProperties('Custom::CamundaBackupGuard', {
    ServiceTimeout: '300',
    ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GuardGuardRunningBackups'), 'Arn'] },
  });
  const { timeoutSeconds, description } = allFunctions.GuardRunningBackups.definition;
  assert.ok(timeoutSeconds <= 60);
  template.hasResourceProperties('AWS::Lambda::Function', { Description: description, Timeout: 60 });
});

test('The guard knows where the ledger is and what belongs to each cluster', () => {
  const properties = propertiesIn(template, 'update');
  assert.deepEqual(
    { ...properties, Reach: [] },
    {
      Guards: 'update',
      Bucket: idOf('LedgerB'),
      Machine: idOf('BackupD'),
      BucketName: 'my-company-camunda-backups',
      Prefix: 'ledger/',
      Clusters: [
        { Name: 'production', Reach: [`the secret ${elasticsearchSecret}`] },
        { Name: 'older', Reach: [] },
      ],
      Reach: [],
    },
  );
});

test('The guard knows the domain of Amazon OpenSearch Service that a cluster needs', async () => {
  const url = 'https://vpc-camunda-aaaaaaaaaaaaaaaaaaaaaaaaaa.eu-central-1.es.amazonaws.com';
  const search = `search: { engine: opensearch, url: "${url}", repository: camunda, auth: { aws: es } }`;
  const signed = await templateOf(smallConfiguration.replace('zeebe:9600 }', `zeebe:9600 }, ${search}`));
  assert.deepEqual(propertiesIn(signed, 'update').Clusters, [
    { Name: 'small', Reach: [`the domain of ${url}`] },
  ]);
});

test('The guard knows every right of every function of a run, of the watchdog, and all that they reach', async () => {
  const { Reach } = propertiesIn(template, 'update');
  for (const one of [
    `the state machine ${idOf('BackupD')}`,
    `the function ResumeExporting (${idOf('FunctionsResumeExporting9')})`,
    'the right of ResumeExporting to read */lock.json',
    'the right of ResumeExporting to write */lock.json',
    'the right of ResumeExporting to what it needs (secrets)',
    'the right of WatchOverExporting to what it needs (executions)',
    'the network outside of any VPC',
    'the alerts to the topic of the stack',
  ]) {
    assert.ok(Reach.includes(one), one);
  }
  const inVpc = propertiesIn(await templateOf(fullConfiguration + networkConfiguration), 'update');
  for (const one of [
    'the VPC vpc-0123456789abcdef0',
    'the subnet subnet-0b0b0b0b0b0b0b0b0',
    'the security group sg-0123456789abcdef0',
  ]) {
    assert.ok(inVpc.Reach.includes(one), one);
  }
  // A run that began without the VPC may not reach its cluster from there.
  const lost = takenAway(propertiesIn(template, 'update'), inVpc);
  assert.deepEqual(lost.get('production'), ['the network outside of any VPC']);
});

test('What IAM allows the functions is what the guard protects: no policy shrinks unseen', async () => {
  const small = await templateOf(smallConfiguration);
  const lost = takenAway(propertiesIn(template, 'update'), propertiesIn(small, 'update'));
  assert.deepEqual([...lost.keys()], ['production', 'older']);
  const arns = statementsOf(template, 'FunctionsResumeExportingRole')
    .flatMap(({ Resource }) => Resource)
    .filter((resource) => typeof resource === 'string' && resource.startsWith('arn:'));
  assert.deepEqual(arns, [elasticsearchSecret]);
  assert.ok(lost.get('production')?.includes(`the secret ${elasticsearchSecret}`));
  assert.ok(lost.get('older')?.includes('the ledger in the bucket my-company-camunda-backups below ledger/'));
});

for (const { what, settings, names } of [
  {
    what: 'the domain of Amazon OpenSearch Service',
    settings: {
      search:
        'auth: { aws: es, region: eu-west-1, domainArn: "arn:aws:es:eu-west-1:123456789012:domain/camunda" }',
    },
    names: 'the domain of arn:aws:es:eu-west-1:123456789012:domain/camunda',
  },
  {
    what: 'the key of the topic',
    settings: {
      alerts: 'topicKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"',
    },
    names: 'the key arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
  },
]) {
  test(`The guard protects ${what}`, async () => {
    const { search = '', alerts = '' } = { search: undefined, alerts: undefined, ...settings };
    const of = (inSearch: string, inAlerts: string) =>
      templateOf(`
ledger: { folder: ./camunda-backups }
clusters:
  small:
    zeebe: { url: http://zeebe:9600 }
    search: { engine: opensearch, url: https://search.example.com, repository: camunda, ${inSearch} }
deployment: { alerts: { ${inAlerts} } }
`);
    const before = propertiesIn(await of(search, alerts), 'update');
    const lost = takenAway(before, propertiesIn(await of('', ''), 'update'));
    assert.deepEqual([...lost], [['small', [names]]]);
  });
}

test('A deployment of the same configuration takes nothing away, so that nobody is asked', () => {
  const properties = propertiesIn(template, 'update');
  assert.deepEqual(takenAway(properties, properties), new Map());
});

test('The guard may look at its stack, at the locks and at the executions, and change nothing', () => {
  const allowed = allowedTo(template, 'GuardGuardRunningBackupsRole');
  assert.deepEqual(Object.fromEntries([...allowed].filter(([action]) => !/^(logs|xray):/.test(action))), {
    'cloudformation:DescribeStacks': ['<AWS::StackId>'],
    'cloudformation:DescribeStackResource': ['<AWS::StackId>'],
    's3:GetObject': ['<Ledger.Arn>/ledger/*/lock.json'],
    's3:ListBucket': ['<Ledger.Arn>'],
    'states:ListExecutions': ['<Backup>'],
    'states:DescribeExecution': [
      'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<Backup.Name>:*',
    ],
  });
});
