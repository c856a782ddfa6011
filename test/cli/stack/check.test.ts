import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describe, test } from '@jest/globals';
import { checkOnStack } from '../../../cli/stack/check.ts';
import type { CheckedCluster } from '../../../core/doctor/check-cluster.ts';
import { TestClock } from '../../core/fakes.ts';
import { refusal } from '../../support/mock-aws.ts';
import { written } from '../../support/written.ts';
import { type FakeAws, fakeAws, recorded } from './fakes.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:check';
const good: CheckedCluster = {
  cluster: 'production',
  findings: [],
  diagnosis: [],
  addresses: [
    {
      name: 'zeebe',
      url: 'http://zeebe:9600',
      reached: true,
      seen: 'GET http://zeebe:9600/actuator answered with HTTP 200',
    },
  ],
};
const bad: CheckedCluster = {
  cluster: 'production',
  findings: [
    {
      name: 'discovery',
      severity: 'error',
      subject: 'zeebe',
      says: 'Zeebe cannot be reached',
      remedy: 'Let the security group in.',
    },
    { name: 'coverage', severity: 'warning', subject: 'search', says: 'There are indices of Optimize' },
  ],
  diagnosis: [],
  addresses: [
    {
      name: 'zeebe',
      url: 'http://zeebe:9600',
      reached: false,
      seen: 'no answer within 30 s',
      remedy: 'Let the security group in.',
    },
  ],
};

async function check(
  answer: CheckedCluster,
  {
    json = false,
    terminal = false,
    subscribed,
  }: Partial<{ json: boolean; terminal: boolean; subscribed: FakeAws['subscribed'] }> = {},
) {
  const aws = fakeAws(recorded('busy'));
  if (subscribed) aws.subscribed = subscribed;
  // Most tests have a stack whose alerts go to a topic that it does not name.
  else delete aws.outputs['AlertsTopicArn'];
  Object.assign(aws.outputs, { Clusters: '["production"]', CheckFunctionArn: arn });
  aws.functions[arn] = () => ({ answer });
  const screen = written();
  if (terminal) Object.assign(screen.output.stdout, { isTTY: true, columns: 60 });
  const code = await checkOnStack({
    stack: 'camunda-backup',
    json,
    output: screen.output,
    aws,
    clock: new TestClock(),
  });
  return { code, called: aws.called, text: screen.stdout(), json: screen.json };
}

describe('camunda-backup check --stack', () => {
  test('A good cluster is asked about by its function, and the exit code is 0', async () => {
    const { code, called, text } = await check(good);
    assert.equal(code, 0);
    assert.deepEqual(called, [{ arn, input: { cluster: 'production' } }]);
    assert.equal(
      text,
      [
        'reached  zeebe  GET http://zeebe:9600/actuator answered with HTTP 200.',
        'A backup of production would not be refused now (nothing was found).',
        '',
      ].join('\n'),
    );
  });

  test('In a pipe, each address and each finding is one line with its remedy, and an error is exit code 1', async () => {
    const { code, text } = await check(bad);
    assert.equal(code, 1);
    assert.equal(
      text,
      [
        'NOT REACHED  zeebe  http://zeebe:9600: no answer within 30 s. What to do: Let the security group in.',
        'error  discovery (zeebe)  Zeebe cannot be reached. What to do: Let the security group in.',
        'warning  coverage (search)  There are indices of Optimize.',
        'A backup of production would be refused now: 1 error.',
        '',
      ].join('\n'),
    );
  });

  test('On a terminal, the columns are aligned, and the remedy stands below', async () => {
    const { text } = await check(bad, { terminal: true });
    assert.deepEqual(stripVTControlCharacters(text).split('\n').slice(0, 5), [
      'NOT REACHED  zeebe              http://zeebe:9600',
      '                                no answer within 30 s',
      '                                What to do: Let the security',
      '                                group in.',
      'error        discovery (zeebe)  Zeebe cannot be reached',
    ]);
  });

  test('An error of the doctor is exit code 1 too, and the last line says that a backup would be taken all the same', async () => {
    const spoilt: CheckedCluster = {
      ...good,
      diagnosis: [
        { name: 'clocks', severity: 'ok', subject: 'cluster', says: 'The clocks agree' },
        { name: 'store', severity: 'error', subject: 'zeebe', says: 'Two stores', remedy: 'Use one.' },
      ],
      addresses: good.addresses.map((one) => ({
        ...one,
        is: { component: 'Zeebe', version: '8.8.3', contextPath: '/camunda', tenants: ['default'] },
      })),
    };
    const { code, text } = await check(spoilt);
    assert.equal(code, 1);
    assert.equal(
      text,
      [
        'reached  zeebe  GET http://zeebe:9600/actuator answered with HTTP 200: Zeebe 8.8.3, base path /camunda, tenant default.',
        'ok  clocks (cluster)  The clocks agree.',
        'error  store (zeebe)  Two stores. What to do: Use one.',
        'A backup of production would not be refused now, but 1 error would spoil it or its restore.',
        '',
      ].join('\n'),
    );
  });

  const confirmed = {
    Protocol: 'email',
    Endpoint: 'ann@example.com',
    SubscriptionArn: 'arn:aws:sns:x:1:y:z',
  };
  const pending = { Protocol: 'email', Endpoint: 'bob@example.com', SubscriptionArn: 'PendingConfirmation' };
  const rows = [
    {
      title: 'Subscriptions that are all confirmed are right',
      subscribed: () => [[confirmed]],
      row: /^ok {2}subscriptions \(alerts\) {2}The alerts reach email ann@example\.com\.$/m,
      code: 0,
    },
    {
      title: 'A subscription that is not confirmed is a warning',
      subscribed: () => [[confirmed, pending]],
      row: /^warning {2}subscriptions \(alerts\) {2}The alerts do not reach all: not confirmed: email bob@/m,
      code: 0,
    },
    {
      title: 'Alerts that reach nobody are an error',
      subscribed: () => [[]],
      row: /^error {2}subscriptions \(alerts\) {2}The alerts reach nobody\. What to do: Whoever reads there/m,
      code: 1,
    },
    {
      title: 'Subscriptions that the person may not see are unknown',
      subscribed: () => {
        throw refusal({ name: 'AuthorizationErrorException', message: 'not authorized', status: 403 });
      },
      row: /^unknown {2}subscriptions \(alerts\) {2}It is not known whom the alerts reach/m,
      code: 0,
    },
  ];
  for (const { title, subscribed, row, code: expected } of rows) {
    test(`${title}, by the topic of the stack`, async () => {
      const { code, text } = await check(good, { subscribed });
      assert.match(text, row);
      assert.equal(code, expected);
    });
  }

  test('With --json, the object has the findings and the addresses', async () => {
    const { json } = await check(bad, { json: true });
    assert.deepEqual(json(), {
      format: 1,
      ok: false,
      cluster: 'production',
      findings: bad.findings,
      diagnosis: bad.diagnosis,
      addresses: bad.addresses,
      failure: null,
      stack: 'camunda-backup',
    });
  });
});
