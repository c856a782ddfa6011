import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { cluster } from '../../core/config/cluster.ts';
import { deployment as deploymentSchema } from '../../core/config/deployment.ts';
import { parseConfig } from '../../core/config/file.ts';
import { risksOfReachability, risksOfWebhook } from '../../infra/reachability.ts';
import { risksOf } from '../../infra/risks.ts';

const now = Date.UTC(2026, 10, 27, 12);

/** The risks of a cluster with these settings, and of a deployment that has no other risk. */
function risksWith(settings: string, deployment: Record<string, unknown> = {}): [id: string, text: string][] {
  const yaml = `ledger: { s3: { bucket: my-backups } }\nclusters:\n  production:\n${settings.replaceAll(/^/gm, '    ')}\n`;
  const alerts = { email: ['on-call@example.com'] };
  return risksOf(
    { config: parseConfig(yaml, 'c'), deployment: deploymentSchema.parse({ alerts, ...deployment }) },
    now,
  );
}

const zeebe = 'zeebe: { url: "http://zeebe.example.com:9600" }';
describe('An address that the functions cannot reach is warned of', () => {
  const reached = (url: string, isInVpc = false) =>
    risksOfReachability('production', cluster.parse({ zeebe: { url } }), { isInVpc }).map(([id]) => id);

  for (const { kind, urls } of [
    {
      kind: 'ownMachine',
      urls: [
        'http://localhost:9600',
        'http://zeebe.localhost:9600',
        'http://127.0.0.1:9600',
        'http://127.1:9600',
        'http://0.0.0.0:9600',
        'http://[::1]:9600',
      ],
    },
    {
      kind: 'insideKubernetes',
      urls: [
        'http://camunda-zeebe:9600',
        'http://zeebe:9600',
        'http://zeebe.camunda.svc:9600',
        'http://zeebe.camunda.svc.cluster.local:9600',
        'http://zeebe.camunda.svc.company.internal:9600',
        'http://camunda-zeebe-0.camunda-zeebe:9600',
        'http://zeebe-0.zeebe:9600',
        'http://zeebe-0.zeebe.camunda:9600',
      ],
    },
  ]) {
    for (const url of urls) {
      test(`${url} is warned of in every network (${kind})`, () => {
        assert.deepEqual(reached(url), [`${kind}-production`]);
        assert.deepEqual(reached(url, true), [`${kind}-production`]);
      });
    }
  }

  for (const url of [
    'http://10.0.3.4:9600',
    'http://172.16.0.1:9600',
    'http://172.31.255.1:9600',
    'http://192.168.1.2:9600',
    'http://100.64.0.1:9600',
    'http://169.254.1.1:9600',
    'http://[fd00::1]:9600',
    'http://ip-10-0-3-4.eu-central-1.compute.internal:9600',
    'http://zeebe.camunda.local:9600',
    'http://internal-camunda-1.eu-central-1.elb.amazonaws.com:9600',
    'http://vpc-search-abc.eu-central-1.es.amazonaws.com',
  ]) {
    test(`${url} is warned of without a network, and not with one`, () => {
      assert.deepEqual(reached(url), ['outsideOfVpc-production']);
      assert.deepEqual(reached(url, true), []);
    });
  }

  for (const url of [
    'http://zeebe.example.com:9600',
    'http://zeebe-0.example.com:9600',
    'http://zeebe-0.zeebe.camunda.example.com:9600',
    'http://172.32.0.1:9600',
    'http://11.0.0.1:9600',
    'http://100.63.0.1:9600',
    'http://[2001:db8::1]:9600',
    'http://search-abc.eu-central-1.es.amazonaws.com',
    'http://zeebe.xn--p1ai:9600',
  ]) {
    test(`${url} is not warned of`, () => assert.deepEqual(reached(url), []));
  }

  test('The warning names every such address with its setting, what to do, and the page', () => {
    const [risk, ...others] = risksWith(`zeebe:
  url: http://camunda-zeebe:9600
  brokers: [http://camunda-zeebe-0.camunda-zeebe:9600]
  rest: { url: http://camunda-zeebe:8080 }
search: { engine: opensearch, url: http://search:9200, repository: camunda }
maxAge: 26h
schedules: [{ cron: "0 3 * * ? *" }]`);
    assert.deepEqual(others, []);
    assert.equal(
      risk?.[1],
      'The cluster production has addresses with names that only Kubernetes or a container network knows, and no function of AWS Lambda resolves them. Give the cluster names that a VPC resolves, such as those of an internal load balancer, and name the VPC in deployment.network; docs/network.md says how. These are: zeebe.url (camunda-zeebe), zeebe.rest.url (camunda-zeebe), search.url (search), zeebe.brokers.0 (camunda-zeebe-0.camunda-zeebe).',
    );
  });
});

describe('A maxAge that alarms although no backup failed is warned of', () => {
  const withAge = (maxAge: string, schedules: string) =>
    risksWith(`${zeebe}\nmaxAge: ${maxAge}\nschedules: [${schedules}]`);

  for (const { maxAge, schedules, least } of [
    { maxAge: '24h', schedules: '{ cron: "0 3 * * ? *" }', least: '25h' },
    { maxAge: '25h', schedules: '{ cron: "0 3 * * ? *", flexibleWindow: 2h }', least: '27h' },
    { maxAge: '25h', schedules: '{ cron: "0 4 * * ? *", timezone: Europe/Berlin }', least: '26h' },
    { maxAge: '26h', schedules: '{ cron: "0 3 ? * MON-FRI *" }', least: '73h' },
    { maxAge: '26h', schedules: '{ cron: "0 3 ? * SUN *" }', least: '169h' },
    { maxAge: '6h', schedules: '{ every: 6h }', least: '7h' },
    { maxAge: '26h', schedules: '{ cron: "0 3 ? * SUN *" }, { every: 1h, enabled: false }', least: '169h' },
  ]) {
    test(`${maxAge} is too short for ${schedules}, for which at least ${least} are right`, () => {
      const [risk, ...others] = withAge(maxAge, schedules);
      assert.equal(risk?.[0], 'max-age-production');
      assert(risk[1].includes(`Write at least ${least},`), risk[1]);
      assert.deepEqual(others, []);
      assert.deepEqual(withAge(least, schedules), []);
    });
  }

  for (const { maxAge, schedules } of [
    { maxAge: '26h', schedules: '{ cron: "0 3 * * ? *", flexibleWindow: 15m, timezone: Europe/Berlin }' },
    { maxAge: '26h', schedules: '{ cron: "0 3 ? * MON-FRI *" }, { cron: "0 3 ? * SUN,SAT *" }' },
    { maxAge: '25h', schedules: '{ cron: "0 3 * * ? *" }' },
    { maxAge: '90m', schedules: '{ every: 1h }' },
  ]) {
    test(`${maxAge} is long enough for ${schedules}`, () => {
      assert.deepEqual(withAge(maxAge, schedules), []);
    });
  }

  test('No maxAge is long enough for schedules that end', () => {
    const [risk] = withAge('26h', '{ cron: "0 3 * * ? 2026" }');
    assert.match(risk?.[1] ?? '', /none failed\. Write schedules that go on, or omit maxAge\.$/);
  });

  test('Where no maxAge is configured, the warning names one that suits the schedules', () => {
    const [risk] = risksWith(`${zeebe}\nschedules: [{ cron: "0 3 ? * SUN *", flexibleWindow: 1h }]`);
    assert.match(risk?.[1] ?? '', /write clusters\.production\.maxAge, such as 170h\.$/);
  });
});

describe('A time that the clocks skip on one day of the year is warned of', () => {
  const omitted = (schedule: string) =>
    risksWith(`${zeebe}\nmaxAge: 10d\nschedules: [{ ${schedule} }]`).map(([, text]) => text);

  for (const { schedule, says } of [
    {
      schedule: 'cron: "30 2 * * ? *", timezone: Europe/Berlin',
      says: 'on 2027-03-28 the clocks of Europe/Berlin go from 02:00 to 03:00, and EventBridge Scheduler omits the backup of 02:30, so 47 h 00 min pass',
    },
    {
      schedule: 'cron: "0 1 * * ? *", timezone: Europe/London',
      says: 'on 2027-03-28 the clocks of Europe/London go from 01:00 to 02:00, and EventBridge Scheduler omits the backup of 01:00, so 47 h 00 min pass',
    },
    {
      schedule: 'cron: "15 2 ? * SUN *", timezone: America/New_York',
      says: 'on 2027-03-14 the clocks of America/New_York go from 02:00 to 03:00, and EventBridge Scheduler omits the backup of 02:15, so 335 h 00 min pass',
    },
    {
      schedule: 'cron: "30 2 * * ? *", timezone: Australia/Sydney',
      says: 'on 2027-10-03 the clocks of Australia/Sydney go from 02:00 to 03:00, and EventBridge Scheduler omits the backup of 02:30',
    },
    {
      schedule: 'cron: "0 0 * * ? *", timezone: America/Santiago',
      says: 'on 2027-09-05 the clocks of America/Santiago go from 00:00 to 01:00, and EventBridge Scheduler omits the backup of 00:00',
    },
    {
      schedule: 'cron: "15 2 * * ? *", timezone: Australia/Lord_Howe',
      says: 'on 2027-10-03 the clocks of Australia/Lord_Howe go from 02:00 to 02:30, and EventBridge Scheduler omits the backup of 02:15',
    },
    {
      schedule: 'cron: "0 2/6 * * ? *", timezone: Europe/Berlin',
      says: 'omits the backup of 02:00, so 11 h 00 min pass',
    },
  ]) {
    test(`${schedule} is warned of`, () => {
      const [said = '', ...others] = omitted(schedule);
      assert(said.startsWith('clusters.production.schedules.0: on 2027-'), said);
      assert(said.includes(says), said);
      assert.deepEqual(others, []);
    });
  }

  for (const schedule of [
    'cron: "0 3 * * ? *", timezone: Europe/Berlin',
    'cron: "59 1 * * ? *", timezone: Europe/Berlin',
    'cron: "30 2 * * ? *"',
    'cron: "30 2 * * ? *", timezone: Asia/Tokyo',
    'cron: "30 2 * * ? *", timezone: Asia/Kolkata',
    'cron: "30 2 * * ? *", timezone: America/Sao_Paulo',
    'cron: "30 2 * 12 ? *", timezone: Europe/Berlin',
    'cron: "30 2 ? * MON *", timezone: Europe/Berlin',
    'cron: "0 * * * ? *", timezone: Europe/Berlin',
    'cron: "30 2 * * ? *", timezone: Europe/Berlin, enabled: false',
  ]) {
    test(`${schedule} is not warned of`, () => {
      assert.deepEqual(
        omitted(schedule).filter((text) => text.includes('the clocks')),
        [],
      );
    });
  }
});

test('A topic of another account is warned of, because synth cannot see whom its policy allows to publish', () => {
  const alerts = { topicArn: 'arn:aws:sns:eu-central-1:210987654321:on-call' };
  const settings = `${zeebe}\nmaxAge: 26h\nschedules: [{ cron: "0 3 * * ? *" }]`;
  const [risk, ...others] = risksWith(settings, { alerts, account: '123456789012' });
  assert.match(
    risk?.[1] ?? '',
    /in the account 210987654321: its policy, .*alert-test --stack camunda-backup$/,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(risksWith(settings, { alerts }), []);
});

test('The example is warned of where it is deployed, because it takes the place of a missing configuration', () => {
  const parts = {
    config: parseConfig(
      'ledger: { folder: backups }\nclusters: { a: { zeebe: { url: "http://zeebe.example.com:9600" } } }',
      'c',
    ),
    deployment: deploymentSchema.parse({}),
  };
  const risk = (file?: string) =>
    new Map(risksOf({ ...parts, ...(file ? { file } : {}) }, now)).get('example');
  assert.match(
    risk('camunda-backup.example.yaml') ?? '',
    /no camunda-backup\.yaml: copy it .*-c config=FILE/,
  );
  assert.equal(risk('camunda-backup.yaml'), undefined);
  assert.equal(risk(), undefined);
});

describe('The address of the webhook', () => {
  const network = {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-central-1a'],
    subnetIds: ['subnet-0a0a0a0a0a0a0a0a0'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  };
  const warned = (url: string, deployment: object = {}) =>
    risksOfWebhook(
      { notify: { webhook: { url, secret: { env: 'KEY' } } } },
      deploymentSchema.parse(deployment),
    ).map(([id]) => id);

  test('It is warned of where a function that tells people cannot reach it', () => {
    assert.deepEqual(warned('http://localhost:8080/'), ['ownMachine-webhook']);
    assert.deepEqual(warned('http://alerts.monitoring.svc/'), ['insideKubernetes-webhook']);
    assert.deepEqual(warned('https://10.0.3.4/'), ['outsideOfVpc-webhook']);
    assert.deepEqual(warned('https://10.0.3.4/', { network }), ['outsideOfVpc-webhook']);
    assert.deepEqual(warned('https://10.0.3.4/', { network: { ...network, functions: 'all' } }), []);
    assert.deepEqual(warned('https://alerts.example.com/'), []);
    assert.deepEqual(risksOfWebhook({}, deploymentSchema.parse({})), []);
  });
});
