import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from '@jest/globals';
import { type Deployment, deployment as deploymentSchema } from '../../../core/config/deployment.ts';
import { mistakesOf } from '../../../core/config/mistakes.ts';
import { config, readablePartsOf } from '../../../core/config/schema.ts';
import { loadDeployable } from '../../../infra/configuration.ts';
import { mistakesOfDeployment } from '../../../infra/deployment-mistakes.ts';
import { cleanUp } from '../../support/clean-up.ts';

const now = Date.UTC(2026, 10, 27, 12);

interface Settings {
  deployment?: Record<string, unknown>;
  cluster?: Record<string, unknown>;
  ledger?: Record<string, unknown>;
  notify?: Record<string, unknown>;
}

/** The mistakes of a configuration as sentences with their paths. Its settings themselves are right. */
function saidOf({
  deployment = {},
  cluster = {},
  ledger = { folder: './ledger' },
  notify,
}: Settings): string[] {
  const plain = {
    ledger,
    clusters: { production: { zeebe: { url: 'http://zeebe.example.com:9600' }, ...cluster } },
    deployment,
    ...(notify ? { notify } : {}),
  };
  const parsed = config.safeParse(plain, { reportInput: true });
  assert(parsed.success, parsed.error && JSON.stringify(mistakesOf(config, parsed.error)));
  const settings: Deployment = deploymentSchema.parse(deployment);
  return mistakesOfDeployment(readablePartsOf(plain), settings, now).map(
    ({ path: at, what }) => `${at.join('.')} ${what}`,
  );
}

const inFrankfurt = { region: 'eu-central-1', account: '123456789012' };
const topic = (place: string, partition = 'aws') => `arn:${partition}:sns:${place}:on-call`;
const lambda = (place: string) => `arn:aws:lambda:${place}:function:page`;
const secretIn = (place: string, partition = 'aws') => ({
  search: {
    engine: 'elasticsearch',
    url: 'https://search.example.com',
    repository: 'camunda',
    auth: { apiKey: { secretsManager: `arn:${partition}:secretsmanager:${place}:secret:camunda-AbCdEf` } },
  },
});
const email = ['on-call@example.com'];

describe('An ARN that the stack cannot use is refused with its path, the reason and an example', () => {
  const cases: (Settings & { what: string; says: string })[] = [
    {
      what: 'a topic of another region',
      deployment: { ...inFrankfurt, alerts: { topicArn: topic('us-east-1:123456789012') } },
      says: 'deployment.alerts.topicArn is in the region us-east-1, and not in eu-central-1 (deployment.region); alarms publish only to topics of their region; for example: arn:aws:sns:eu-central-1:123456789012:on-call',
    },
    {
      what: 'a topic of another account with subscriptions',
      deployment: { ...inFrankfurt, alerts: { topicArn: topic('eu-central-1:210987654321'), email } },
      says: 'deployment.alerts.topicArn is in the account 210987654321, and not in 123456789012 (deployment.account); only the owner of a topic subscribes to it: omit `email` and subscribe in that account',
    },
    {
      what: 'a topic of another partition',
      deployment: { alerts: { topicArn: topic('cn-north-1:123456789012') } },
      says: 'deployment.alerts.topicArn is in the partition aws, but the region cn-north-1 belongs to aws-cn; for example: arn:aws-cn:sns:cn-north-1:123456789012:on-call',
    },
    {
      what: 'a key of another region',
      deployment: {
        ...inFrankfurt,
        alerts: {
          topicKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
        },
      },
      says: 'deployment.alerts.topicKeyArn is in the region eu-west-1, and not in eu-central-1',
    },
    {
      what: 'a function of another region',
      deployment: { ...inFrankfurt, alerts: { lambda: [lambda('us-east-1:123456789012')] } },
      says: 'deployment.alerts.lambda.0 is in the region us-east-1, and not in eu-central-1 (deployment.region); the stack permits the topic to call this function, which is possible only in its own region',
    },
    {
      what: 'a function of another account',
      deployment: { ...inFrankfurt, alerts: { lambda: [lambda('eu-central-1:210987654321')] } },
      says: 'deployment.alerts.lambda.0 is in the account 210987654321, and not in 123456789012 (deployment.account)',
    },
    {
      what: 'a secret of another region',
      deployment: inFrankfurt,
      cluster: secretIn('us-east-1:123456789012'),
      says: 'clusters.production.search.auth.apiKey is in the region us-east-1, and not in eu-central-1 (deployment.region); the functions read the secrets of their own region: replicate it there; for example: arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda-AbCdEf',
    },
    {
      what: 'a secret of another account',
      deployment: inFrankfurt,
      cluster: secretIn('eu-central-1:210987654321'),
      says: 'clusters.production.search.auth.apiKey is in the account 210987654321, and not in 123456789012',
    },
    {
      what: 'a secret of another partition',
      deployment: { region: 'eusc-de-east-1' },
      cluster: secretIn('eusc-de-east-1:123456789012'),
      says: 'clusters.production.search.auth.apiKey is in the partition aws, but the region eusc-de-east-1 belongs to aws-eusc',
    },
    {
      what: 'a key of the webhook in another region',
      deployment: inFrankfurt,
      notify: {
        webhook: {
          url: 'https://alerts.example.com',
          secret: { secretsManager: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:webhook-AbCdEf' },
        },
      },
      says: 'notify.webhook.secret is in the region us-east-1, and not in eu-central-1 (deployment.region)',
    },
    {
      what: 'a key of the webhook in the environment',
      notify: { webhook: { url: 'https://alerts.example.com', secret: { env: 'WEBHOOK_KEY' } } },
      says: 'notify.webhook.secret is the environment variable WEBHOOK_KEY, which the functions do not have',
    },
    {
      what: 'a function and a topic of two regions, where none is configured',
      deployment: {
        alerts: { topicArn: topic('eu-central-1:123456789012'), lambda: [lambda('eu-west-1:123456789012')] },
      },
      says: 'deployment.alerts.lambda.0 is in the region eu-west-1, and not in eu-central-1 (that of deployment.alerts.topicArn)',
    },
  ];
  for (const { what, says, ...settings } of cases) {
    test(`${what} is refused`, () => {
      const [said = '', ...others] = saidOf(settings);
      assert(said.startsWith(says), said);
      assert.deepEqual(others, []);
    });
  }

  for (const { what, ...settings } of [
    {
      what: 'a topic, a function and a secret of the stack',
      deployment: {
        ...inFrankfurt,
        alerts: {
          topicArn: topic('eu-central-1:123456789012'),
          lambda: [lambda('eu-central-1:123456789012')],
          email,
        },
      },
      cluster: secretIn('eu-central-1:123456789012'),
    },
    {
      what: 'a topic of another account to which its owner subscribes',
      deployment: { ...inFrankfurt, alerts: { topicArn: topic('eu-central-1:210987654321') } },
    },
    {
      what: 'what belongs to the partition of the European Sovereign Cloud',
      deployment: {
        region: 'eusc-de-east-1',
        alerts: { topicArn: topic('eusc-de-east-1:123456789012', 'aws-eusc') },
      },
      cluster: secretIn('eusc-de-east-1:123456789012', 'aws-eusc'),
    },
  ]) {
    test(`${what} is accepted`, () => assert.deepEqual(saidOf(settings), []));
  }
});

describe('A value that AWS would refuse in the middle of a deployment is refused at synth', () => {
  test('a schedule all of whose days are past, and none whose year goes on', () => {
    const scheduled = (cron: string) => saidOf({ cluster: { schedules: [{ cron }] } });
    assert.deepEqual(scheduled('0 3 * * ? 2020'), [
      'clusters.production.schedules.0.cron names only days that are past, so it would never start a backup; for example: "0 3 * * ? *"',
    ]);
    assert.equal(scheduled('0 3 1-25 11 ? 2026').length, 1);
    for (const cron of ['0 3 27 11 ? 2026', '0 3 26 11 ? 2026', '0 3 29 2 ? *', '0 3 1 1 ? 2020-2027']) {
      assert.deepEqual(scheduled(cron), [], cron);
    }
  });

  test('more tries of long backups than an execution of Step Functions has events for, with the arithmetic', () => {
    const address = { url: 'http://camunda.example.com:9600' };
    const { search } = secretIn('eu-central-1:123456789012');
    const fiveComponents = { operate: address, tasklist: address, optimize: address, search, records: {} };
    const [said = '', ...others] = saidOf({ cluster: { ...fiveComponents, attempts: 5, timeout: '72h' } });
    assert.deepEqual(others, []);
    const [, tries, ofTry, events, fitting] =
      /^clusters\.production\.attempts is 5, and (\d+) tries × (\d+) events, for 5 components that may take 72 h 00 min each \(timeout\), are (\d+): Step Functions ends an execution at 25000, .*; for example: (\d), or a shorter timeout$/
        .exec(said)
        ?.map(Number) ?? [];
    assert(tries && ofTry && events && fitting, said);
    // The execution itself has two events.
    assert.equal(tries * ofTry + 2, events);
    assert(events > 24_000 && events < 40_000, `${events}`);
    for (const right of [{ attempts: fitting, timeout: '72h' }, { attempts: 5, timeout: '24h' }, {}]) {
      assert.deepEqual(saidOf({ cluster: { ...fiveComponents, ...right } }), []);
    }
  });

  test('an availability zone of another region', () => {
    const network = {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a', 'eu-west-1a'],
      subnetIds: ['subnet-0a0a0a0a0a0a0a0a0', 'subnet-0b0b0b0b0b0b0b0b0'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    };
    assert.deepEqual(saidOf({ deployment: { ...inFrankfurt, network } }), [
      'deployment.network.availabilityZones.1 is eu-west-1a, which is not in deployment.region (eu-central-1); for example: eu-central-1a',
    ]);
  });

  test('a dashboard of more widgets than CloudWatch shows, with the arithmetic', () => {
    const [production] = Object.values(
      readablePartsOf({ clusters: { production: { zeebe: { url: 'http://zeebe.example.com:9600' } } } })
        .clusters,
    );
    assert(production);
    const saidFor = (count: number, dashboard: boolean) => {
      const clusters = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`cluster-${index}`, production]),
      );
      const settings = deploymentSchema.parse({ dashboard });
      return mistakesOfDeployment({ clusters }, settings, now).map(({ what }) => what);
    };
    assert.deepEqual(saidFor(99, true), []);
    assert.deepEqual(saidFor(100, false), []);
    assert.deepEqual(saidFor(100, true), [
      'is true, and 100 clusters × 5 widgets and 2 others are 502, of which CloudWatch shows 500; for example: false, or several stacks of at most 99 clusters',
    ]);
  });

  test('a region of the ledger that AWS does not have', () => {
    const said = saidOf({
      ledger: { s3: { bucket: 'my-backups', region: 'Frankfurt' } },
      deployment: inFrankfurt,
    });
    assert.deepEqual(said, ['ledger.s3.region is not a region; for example: eu-central-1']);
  });

  test('a name that S3 refuses for a bucket', () => {
    for (const bucket of [
      'My_Bucket',
      'ab',
      '-bucket',
      'a..b',
      '192.168.0.1',
      'xn--bucket',
      'sthree-bucket',
      'backups-s3alias',
      'backups--ol-s3',
      'a'.repeat(64),
    ]) {
      assert.match(
        saidOf({ ledger: { s3: { bucket } } }).join(),
        /^ledger\.s3\.bucket is not the name of a bucket/,
      );
    }
    assert.deepEqual(saidOf({ ledger: { s3: { bucket: 'my-company.camunda-backups' } } }), []);
  });
});

test('The mistakes of a file are told together and each with its line, also those that only a deployment has', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-test-'));
  cleanUp(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'camunda-backup.yaml');
  writeFileSync(
    file,
    `ledger: { s3: { bucket: My_Bucket } }
clusters:
  first:
    zeebe: { url: zeebe }
  second:
    zeebe: { url: "http://zeebe.example.com:9600", auth: { apiKey: { env: KEY } } }
    schedules:
      - { cron: "0 3 * * ? *" }
      - { cron: "0 3 * * ? 2020" }
deployment:
  region: eu-central-1
  alerts:
    topicArn: arn:aws:sns:us-east-1:123456789012:on-call
`,
  );
  assert.throws(
    () => loadDeployable(file),
    ({ message }: Error) => {
      const [heading = '', ...lines] = message.split('\n');
      assert.match(heading, /has 5 mistakes:$/);
      assert.deepEqual(
        lines.map((line) => /^ {2}.*camunda-backup\.yaml:(\d+): (\S+)/.exec(line)?.slice(1).join(' ')),
        [
          '1 ledger.s3.bucket',
          '4 clusters.first.zeebe.url',
          '6 clusters.second.zeebe.auth.apiKey',
          '9 clusters.second.schedules.1.cron',
          '13 deployment.alerts.topicArn',
        ],
      );
      return true;
    },
  );
});

test('The mistakes of a configuration that is an object are told together and each with its path', () => {
  assert.throws(
    () =>
      loadDeployable(
        {
          ledger: { s3: { bucket: 'My_Bucket' } },
          clusters: { production: { zeebe: { url: 'zeebe' } } },
          deployment: { alerts: { lambda: [lambda('us-east-1:123456789012')] } },
        },
        { region: 'eu-central-1' },
      ),
    ({ message }: Error) => {
      assert.match(message, /^The configuration has 3 mistakes:\n/);
      for (const place of [
        'ledger.s3.bucket',
        'clusters.production.zeebe.url',
        'deployment.alerts.lambda.0',
      ]) {
        assert(message.includes(`\n  ${place} `), message);
      }
      return true;
    },
  );
});
