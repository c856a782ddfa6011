import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { parseConfig } from '../../../core/config/file.ts';
import { thrownBy } from '../fakes.ts';

const head = 'ledger: { folder: ./ledger }\n';
const clusters = 'clusters:\n  production:\n    zeebe: { url: http://zeebe:9600 }\n';
const deployed = (setting: string) => `${head}deployment:\n  ${setting}\n${clusters}`;
const scheduled = (schedule: string) => `${head}${clusters}    schedules:\n      - ${schedule}\n`;

async function mistakesIn(yaml: string): Promise<string[]> {
  const error = await thrownBy(() => parseConfig(yaml, 'c'));
  assert.equal(error.name, 'ConfigurationError');
  return error.message.split('\n  ').slice(1);
}

const notACron =
  'is not a cron expression of EventBridge Scheduler: six fields (minutes hours day-of-month month day-of-week year), one of day-of-month and day-of-week is ?; for example: "0 3 * * ? *"';

describe('A mistake in the deployment', () => {
  for (const { setting, expected } of [
    { setting: 'stack: my_stack', expected: 'stack is not a stack name; for example: camunda-backup' },
    { setting: 'region: Frankfurt', expected: 'region is not a region; for example: eu-central-1' },
    {
      setting: 'account: 123456789012',
      expected: 'account is not an account id in quotes; for example: "123456789012"',
    },
    { setting: 'account: "1234"', expected: 'account is not an account id; for example: "123456789012"' },
    {
      setting:
        'network: { vpcId: v, availabilityZones: [a], subnetIds: [subnet-0], securityGroupIds: [sg-0] }',
      expected: 'network.vpcId is not a VPC id; for example: vpc-0123456789abcdef0',
    },
    {
      setting:
        'network: { vpcId: vpc-0, availabilityZones: [], subnetIds: [subnet-0], securityGroupIds: [sg-0] }',
      expected: 'network.availabilityZones is empty; for example: [eu-central-1a, eu-central-1b]',
    },
    {
      setting: 'network: { vpcId: vpc-0, availabilityZones: [a], subnetIds: [x], securityGroupIds: [sg-0] }',
      expected: 'network.subnetIds.0 is not a subnet id',
    },
    {
      setting:
        'network: { vpcId: vpc-0, availabilityZones: [a], subnetIds: [subnet-0], securityGroupIds: [x] }',
      expected: 'network.securityGroupIds.0 is not a security group id',
    },
    { setting: 'alerts: { email: [nobody] }', expected: 'alerts.email.0 is not an e-mail address' },
    {
      setting: 'alerts: { sms: ["030123456"] }',
      expected: 'alerts.sms.0 is not a phone number with country code',
    },
    { setting: 'alerts: { lambda: ["arn:aws:sns:x"] }', expected: 'alerts.lambda.0 is not an ARN of lambda' },
    { setting: 'alerts: { topicArn: on-call }', expected: 'alerts.topicArn is not an ARN of sns' },
    {
      setting: 'alerts: { onSuccess: maybe }',
      expected: 'alerts.onSuccess is a text; it must be true or false',
    },
    { setting: 'alert: {}', expected: 'alert is not a setting; did you mean alerts?' },
    {
      setting: 'tags: { team: 1 }',
      expected: 'tags.team is a number; it must be a text, in quotes where it looks like something else',
    },
    {
      setting: 'removalPolicy: keep',
      expected: 'removalPolicy is none of retain, destroy; for example: retain',
    },
    {
      setting: 'objectLock: 30',
      expected: 'objectLock has no unit: write 30s, 30m, 30h or 30d; for example: 30d',
    },
  ] as const) {
    test(`A mistake in the deployment is said with its path and what would be right: ${setting}`, async () => {
      const [line = '', ...others] = await mistakesIn(deployed(setting));
      assert.equal(others.length, 0);
      assert(line.startsWith(`c:3: deployment.${expected}`), line);
    });
  }

  test('A time for which CloudWatch cannot keep logs is refused with those that it can', async () => {
    const [line = ''] = await mistakesIn(deployed('logRetention: 2d'));
    assert.match(line, /^c:3: deployment\.logRetention is none of 1d, 3d, .*731d; for example: 90d$/);
  });

  test('A runbook whose address is no URL is refused: every alert would have a link that leads nowhere', async () => {
    const [line = ''] = await mistakesIn(deployed('alerts: { runbook: docs/runbook.md }'));
    assert.match(line, /^c:3: deployment\.alerts\.runbook is not an http or https URL/);
  });

  test('An address for alerts that is not https is refused', async () => {
    const [line = ''] = await mistakesIn(deployed('alerts: { https: [http://events.example.com] }'));
    assert.match(line, /^c:3: deployment\.alerts\.https\.0 /);
  });

  test('A network that is not whole is refused with all that is missing', async () => {
    const lines = await mistakesIn(deployed('network: { vpcId: vpc-0 }'));
    assert.deepEqual(
      lines.map((line) => line.split(';')[0]?.trim()),
      ['availabilityZones', 'subnetIds', 'securityGroupIds'].map(
        (name) => `c:3: deployment.network.${name} is missing`,
      ),
    );
  });
});

describe('A mistake in a schedule', () => {
  for (const { schedule, expected } of [
    {
      schedule: '{}',
      expected:
        ' needs either `cron` or `every`; for example: { cron: "0 3 * * ? *", timezone: Europe/Berlin }',
    },
    { schedule: '{ cron: "0 3 * * ? *", every: 6h }', expected: ' needs either `cron` or `every`' },
    { schedule: '{ cron: "0 3 * * *" }', expected: `.cron ${notACron}` },
    { schedule: '{ cron: "0 3 * * * *" }', expected: `.cron ${notACron}` },
    { schedule: '{ cron: "0 3 ? * ? *" }', expected: `.cron ${notACron}` },
    { schedule: '{ cron: "cron(0 3 * * ? *)" }', expected: `.cron ${notACron}` },
    {
      schedule: '{ every: 90 }',
      expected: '.every has no unit: write 90s, 90m, 90h or 90d; for example: 6h',
    },
    {
      schedule: '{ every: 6h, timezone: Berlin }',
      expected: '.timezone is not a time zone; for example: Europe/Berlin',
    },
    {
      schedule: '{ every: 6h, flexibleWindow: 30s }',
      expected: '.flexibleWindow is not between 1m and 24h; for example: 15m',
    },
    {
      schedule: '{ every: 6h, flexibleWindow: 2d }',
      expected: '.flexibleWindow is not between 1m and 24h; for example: 15m',
    },
    {
      schedule: '{ every: 6h, retryFor: 30s }',
      expected: '.retryFor is not between 1m and 24h; for example: 1h',
    },
    { schedule: '{ every: 6h, retryAttempts: 186 }', expected: '.retryAttempts ' },
    { schedule: '{ every: 6h, retryAttempts: -1 }', expected: '.retryAttempts ' },
    { schedule: '{ every: 6h, enabled: nope }', expected: '.enabled is a text; it must be true or false' },
    {
      schedule: '{ every: 6h, timzone: UTC }',
      expected: '.timzone is not a setting; did you mean timezone?',
    },
  ] as const) {
    test(`A mistake in a schedule is said with its path and what would be right: ${schedule}`, async () => {
      const [line = '', ...others] = await mistakesIn(scheduled(schedule));
      assert.equal(others.length, 0);
      assert.match(line, /^c:\d: clusters\.production\.schedules\.0/);
      assert(line.replace(/^c:\d: clusters\.production\.schedules\.0/, '').startsWith(expected), line);
    });
  }
});

describe('A deployment and a schedule that are right', () => {
  test('A deployment of nothing has its defaults', () => {
    assert.deepEqual(parseConfig(deployed('stack: camunda-backup'), 'c').deployment, {
      stack: 'camunda-backup',
      alerts: { email: [], sms: [], https: [], lambda: [], encrypted: true, onSuccess: false },
      tags: {},
      logRetention: '90d',
      removalPolicy: 'retain',
    });
  });

  test('A schedule has its defaults', () => {
    assert.deepEqual(parseConfig(scheduled('{ every: 6h }'), 'c').clusters['production']?.schedules, [
      { every: 21_600, timezone: 'UTC', retryAttempts: 3, retryFor: 3600, enabled: true },
    ]);
  });

  for (const cron of ['0 3 * * ? *', '0/15 8-18 ? * MON-FRI *', '0 3 L * ? 2026-2030', '0 3 ? * 2#1 *']) {
    test(`The cron expression ${cron} is read`, () => {
      const { clusters } = parseConfig(scheduled(`{ cron: "${cron}" }`), 'c');
      assert.equal(clusters['production']?.schedules[0]?.cron, cron);
    });
  }

  test('A configuration of a command line has no deployment', () => {
    assert.equal(parseConfig(`${head}${clusters}`, 'c').deployment, undefined);
  });
});
