import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { testAlerts } from '../../../cli/stack/alert-test.ts';
import { failureOf, TestClock } from '../../core/fakes.ts';
import { refusal } from '../../support/mock-aws.ts';
import { written } from '../../support/written.ts';
import { fakeAws, recorded } from './fakes.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:watchdog';
const topic = 'arn:aws:sns:us-east-1:000000000000:alerts';
const mail = { Protocol: 'email', Endpoint: 'a@example.com', SubscriptionArn: `${topic}:1` };
const waiting = { Protocol: 'email', Endpoint: 'b@example.com', SubscriptionArn: 'PendingConfirmation' };
const deleted = { Protocol: 'sms', Endpoint: '+4930123456', SubscriptionArn: 'Deleted' };

type Pages = ReturnType<ReturnType<typeof fakeAws>['subscribed']>;

async function run(
  subscribed: () => Pages,
  { answer = { testAlert: {} }, json = false }: { answer?: unknown; json?: boolean } = {},
) {
  const aws = fakeAws(recorded('busy'));
  Object.assign(aws.outputs, { WatchdogFunctionArn: arn, Clusters: '["production"]' });
  aws.functions[arn] = () => ({ answer });
  aws.subscribed = subscribed;
  const screen = written();
  const options = {
    stack: 'camunda-backup',
    json,
    output: screen.output,
    aws,
    clock: new TestClock(),
    by: 'ann on laptop',
  };
  const code = await testAlerts(options);
  return { code, aws, screen };
}

describe('camunda-backup alert-test', () => {
  test('The alert names who has asked for it, and those who can have got it are listed', async () => {
    const { code, aws, screen } = await run(() => [[mail], [waiting, deleted]]);
    assert.equal(code, 0);
    assert.deepEqual(aws.called, [{ arn, input: { testAlert: { by: 'ann on laptop' } } }]);
    const [sent, goes, not] = screen.stdout().split('\n');
    assert.equal(sent, `A test alert in the name of ann on laptop was sent to ${topic}.`);
    assert.match(goes ?? '', /^It goes to 1 subscription that is confirmed: email a@example\.com\. /);
    assert.match(
      not ?? '',
      /^It does not go to 1 subscription that is NOT CONFIRMED: email b@example\.com\.$/,
    );
    assert.doesNotMatch(screen.stdout(), /\+4930123456/);
  });

  test('An alert that nobody gets is exit code 1', async () => {
    const { code, screen } = await run(() => [[waiting]], { json: true });
    assert.equal(code, 1);
    assert.deepEqual(screen.json(), {
      format: 1,
      ok: false,
      sent: true,
      webhook: null,
      stack: 'camunda-backup',
      topic,
      by: 'ann on laptop',
      confirmed: [],
      pending: [{ protocol: 'email', endpoint: 'b@example.com', confirmed: false }],
      failure: null,
    });
  });

  test('An alert that could not be sent is exit code 1, with the reason', async () => {
    const failure = { error: 'KMSAccessDeniedException', message: 'The key refuses' };
    const { code, screen } = await run(() => [[mail]], { answer: { testAlert: { failure } } });
    assert.equal(code, 1);
    assert.match(screen.stderr(), /The key refuses/);
    assert.equal(screen.stdout(), '');
  });

  test('A person who may not list the subscriptions is told so, and the alert is sent all the same', async () => {
    const { code, screen } = await run(() => {
      throw refusal({ name: 'AuthorizationErrorException', message: 'not authorized', status: 403 });
    });
    assert.equal(code, 0);
    assert.match(screen.stdout(), /Who gets it is not known: .*sns:ListSubscriptionsByTopic.*not authorized/);
  });

  test('A stack of an older version has no function for it, and nothing is sent', async () => {
    const aws = fakeAws(recorded('busy'));
    const screen = written();
    const options = {
      stack: 'camunda-backup',
      json: false,
      output: screen.output,
      aws,
      clock: new TestClock(),
    };
    assert.match((await failureOf(testAlerts(options))).message, /has no function WatchOverExporting/);
  });
});
