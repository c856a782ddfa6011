import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Alert } from '../../core/alert.ts';
import { systemClock } from '../../core/clock.ts';
import { http } from '../../core/connect/http.ts';
import type { Context } from '../../core/context.ts';
import { BackupError } from '../../core/errors.ts';
import { besideWebhook } from '../../lambdas/aws/alerts.ts';
import { failureOf, minimalYaml, TestClock, testContext } from '../core/fakes.ts';
import { receiver, signingKey } from '../support/receiver.ts';

const alert: Alert = {
  kind: 'backupFailed',
  severity: 'WARNING',
  cluster: 'production',
  reason: 'Zeebe was slow',
};
const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/webhook-AbCdEf';
const withWebhook = (url: string) =>
  `${minimalYaml}\nnotify: { webhook: { url: "${url}", secret: { secretsManager: "${arn}" } } }\n`;

/** A function that tells people, with the alerts that SNS has got and what was warned of. */
function telling(yaml: string, change: Partial<Context> = {}) {
  const context = { ...testContext({ yaml }), http, secrets: async () => signingKey, clock: systemClock };
  const { tell, told, warnings } = context;
  return { tell: besideWebhook(change.tell ?? tell, { ...context, ...change }), told, warnings };
}

describe('A function that tells people where a webhook is configured', () => {
  test('An alert goes to SNS and to the webhook', async () => {
    const to = await receiver();
    const { tell, told, warnings } = telling(withWebhook(to.url));
    await tell(alert);
    assert.deepEqual(told, [alert]);
    assert.deepEqual(
      to.taken.map(({ body }) => body.data),
      [alert],
    );
    assert.deepEqual(warnings, []);
  });

  test('An alert that only the webhook does not take is a warning, so that the message of SNS is not repeated', async () => {
    const to = await receiver();
    to.answerWith({ status: 500 });
    const { tell, told, warnings } = telling(withWebhook(to.url));
    await tell(alert);
    assert.deepEqual(told, [alert]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^The webhook did not get the alert "backupFailed": .* answered 500$/);
  });

  test('An alert that SNS does not take is an error, and the webhook has it all the same', async () => {
    const to = await receiver();
    const refuse = async () => {
      throw new BackupError('RequestRefused', 'SNS says no');
    };
    const { tell } = telling(withWebhook(to.url), { tell: refuse });
    assert.equal((await failureOf(tell(alert))).message, 'SNS says no');
    assert.equal(to.taken.length, 1);
  });

  test('An alert does not wait for long where the key of the webhook cannot be had', async () => {
    const never = () => new Promise<never>(() => undefined);
    const clock = new TestClock();
    const { tell, told, warnings } = telling(withWebhook('http://127.0.0.1:8080/'), {
      secrets: never,
      clock,
    });
    await tell(alert);
    assert.deepEqual(told, [alert]);
    assert.match(warnings[0] ?? '', /there was no answer within 12 s$/);
  });

  test('An alert goes to SNS alone where no webhook is configured', async () => {
    const { tell, told, warnings } = telling(minimalYaml, {
      http: () => assert.fail('nothing is posted'),
    });
    await tell(alert);
    assert.deepEqual([told, warnings], [[alert], []]);
  });
});
