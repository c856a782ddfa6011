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
      setting: 'alerts: { lambda: ["arn:aws:lambda:eu-central-1:123:function:page"] }',
      expected:
        'alerts.lambda.0 is not the whole ARN of a function; for example: arn:aws:lambda:eu-central-1:123456789012:function:page-on-call',
    },
    {
      setting: 'alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call:0123" }',
      expected:
        'alerts.topicArn is not the whole ARN of a topic; for example: arn:aws:sns:eu-central-1:123456789012:on-call',
    },
    {
      setting: 'alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call.fifo" }',
      expected: 'alerts.topicArn is a FIFO topic, to which neither alarms publish nor people subscribe',
    },
    {
      setting: 'tags: { "aws:team": platform }',
      expected: 'tags.aws:team begins with aws:, which AWS keeps for itself',
    },
    {
      setting: 'tags: { team: "AWS:x" }',
      expected: 'tags.team begins with aws:, which AWS keeps for itself',
    },
    { setting: 'tags: { "": x }', expected: 'tags. is a tag without a name' },
    {
      setting: `tags: { ${'k'.repeat(129)}: x }`,
      expected: `tags.${'k'.repeat(129)} has more than 128 characters`,
    },
    { setting: `tags: { team: ${'v'.repeat(257)} }`, expected: 'tags.team has more than 256 characters' },
    {
      setting: 'tags: { team: "a*b" }',
      expected: 'tags.team has other characters than letters, digits, blanks and _ . : / = + - @',
    },
    {
      setting: `tags: { ${Array.from({ length: 51 }, (_, index) => `k${index}: x`).join(', ')} }`,
      expected: 'tags are more than 50, which is the most that AWS allows; for example: { team: platform }',
    },
    { setting: 'objectLock: 12h', expected: 'objectLock is not a number of whole days; for example: 30d' },
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

  for (const { url, chat } of [
    { url: 'https://hooks.slack.com/services/T0/B0/x', chat: 'Slack' },
    { url: 'https://hooks.slack-gov.com/services/T0/B0/x', chat: 'Slack' },
    { url: 'https://company.webhook.office.com/webhookb2/x', chat: 'Microsoft Teams' },
    { url: 'https://outlook.office.com/webhook/x', chat: 'Microsoft Teams' },
    { url: 'https://prod-01.westeurope.logic.azure.com:443/workflows/x', chat: 'Microsoft Teams' },
    {
      url: 'https://default0.0f.environment.api.powerplatform.com:443/powerautomate/x',
      chat: 'Microsoft Teams',
    },
    { url: 'https://chat.googleapis.com/v1/spaces/x', chat: 'Google Chat' },
    { url: 'https://discord.com/api/webhooks/1/x', chat: 'Discord' },
  ]) {
    test(`A webhook of ${chat} is refused, because it never confirms a subscription: ${url}`, async () => {
      const [line = ''] = await mistakesIn(deployed(`alerts: { https: ["${url}"] }`));
      assert(
        line.startsWith(`c:3: deployment.alerts.https.0 is an incoming webhook of ${chat}, which`),
        line,
      );
      assert.match(line, /write the e-mail address of the channel under `email`, or a function/);
    });
  }

  test('An address that only looks like a webhook of a chat is read', () => {
    const https = ['https://hooks.slack.com.example.com/x', 'https://events.pagerduty.com/x/enqueue'];
    const { deployment } = parseConfig(deployed(`alerts: { https: [${https.join(', ')}] }`), 'c');
    assert.deepEqual(deployment?.alerts.https, https);
  });

  for (const region of [
    'eu-central-1',
    'eusc-de-east-1',
    'cn-northwest-1',
    'us-gov-west-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'us-isof-south-1',
  ]) {
    test(`The region ${region} is read`, () => {
      assert.equal(parseConfig(deployed(`region: ${region}`), 'c').deployment?.region, region);
    });
  }

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
      dashboard: false,
      tags: {},
      logRetention: '90d',
      removalPolicy: 'retain',
      terminationProtection: false,
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
