import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Alert } from '../../../core/alert.ts';
import { systemClock } from '../../../core/clock.ts';
import { http } from '../../../core/connect/http.ts';
import { secretReader } from '../../../core/connect/secrets.ts';
import { webhookSender } from '../../../core/tell/webhook.ts';
import { receiver, signingKey } from '../../support/receiver.ts';
import { silentServer } from '../../support/silent-server.ts';
import { failureOf } from '../fakes.ts';

const alert: Alert = {
  kind: 'exportingLeftPaused',
  severity: 'CRITICAL',
  cluster: 'production',
  backupId: 7,
  component: undefined,
  reason: 'Nobody answers in “Zürich”.',
  remedy: 'Resume it.',
};

function sender(url: string, { key = signingKey, now = Date.now() } = {}) {
  const clock = { ...systemClock, now: () => now };
  const secrets = secretReader({ KEY: key }, async () => undefined);
  return webhookSender({ url, secret: { env: 'KEY' } }, { http, secrets, clock });
}

describe('An alert that is posted to a webhook', () => {
  test('The library of the Standard Webhooks project takes the signature, and the body says everything that the alert does', async () => {
    const to = await receiver();
    const now = Math.floor(Date.now() / 1000) * 1000;
    await sender(to.url, { now })(alert);
    assert.deepEqual(to.paths, ['POST /alerts/']);
    const [delivery] = to.taken;
    const { component: _, ...said } = alert;
    assert.deepEqual(delivery?.body, {
      format: 1,
      type: 'alert.exportingLeftPaused',
      timestamp: new Date(now).toISOString(),
      data: said,
    });
    assert.equal(delivery?.headers['content-type'], 'application/json');
    assert.equal(delivery?.headers['webhook-timestamp'], `${now / 1000}`);
  });

  test('A key without its prefix, or with the line break of a file, signs the same', async () => {
    const to = await receiver();
    for (const key of [signingKey.replace('whsec_', ''), `${signingKey}\n`]) {
      await sender(to.url, { key })(alert);
    }
    assert.equal(to.taken.length, 2);
  });

  test('A retry of a recorded alert has the same id and another moment of sending; the next alert of its kind has another id', async () => {
    const to = await receiver();
    const recorded = { ...alert, at: '2026-11-21T09:00:00.000Z' };
    const now = Date.now();
    await sender(to.url, { now })(recorded);
    await sender(to.url, { now: now + 60_000 })(recorded);
    await sender(to.url)({ ...alert, at: '2026-11-21T10:00:00.000Z' });
    await sender(to.url)({ ...recorded, backupId: 8 });
    await sender(to.url, { now })(alert);
    await sender(to.url, { now: now + 1000 })(alert);
    const [first, retry, ...others] = to.taken;
    assert.equal(first?.id, retry?.id);
    assert.equal(first?.body.timestamp, '2026-11-21T09:00:00.000Z');
    assert.equal(retry?.body.timestamp, '2026-11-21T09:00:00.000Z');
    assert.notEqual(first?.headers['webhook-timestamp'], retry?.headers['webhook-timestamp']);
    assert.equal(new Set([first, ...others].map((one) => one?.id)).size, 5);
    for (const { id } of to.taken) assert.match(id, /^msg_[0-9a-f]{32}$/);
  });
});

describe('An alert that the receiver does not take', () => {
  for (const { status, says } of [
    { status: 503, says: /answered 503$/ },
    { status: 410, says: /answered 410$/ },
    { status: 304, says: /answered 304$/ },
  ]) {
    test(`An answer ${status} is an error, so that the caller knows that nobody was told`, async () => {
      const to = await receiver();
      to.answerWith({ status });
      const error = await failureOf(sender(to.url)(alert));
      assert.equal(error.name, 'AlertFailed');
      assert.match(error.message, says);
      assert.match(error.remedy ?? '', /log of the receiver/);
      assert.doesNotMatch(`${error.stack}${error.remedy}`, new RegExp(signingKey.slice(10, 30)));
    });
  }

  test('A redirect is not followed, and the error says where it leads, without what may be secret', async () => {
    const to = await receiver();
    const other = await receiver();
    to.answerWith({ status: 307, headers: { location: `${other.url}login?token=hunter2` } });
    const error = await failureOf(sender(to.url)(alert));
    assert.equal(error.name, 'AlertFailed');
    assert.match(error.message, /answered 307, a redirect to http:\S+\/alerts\/login that is not followed$/);
    assert.match(error.remedy ?? '', /`notify\.webhook\.url`/);
    assert.deepEqual(other.paths, []);
  });

  test('A receiver with another key refuses the signature', async () => {
    const to = await receiver(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
    const error = await failureOf(sender(to.url)(alert));
    assert.match(error.message, /answered 401$/);
    assert.match(error.remedy ?? '', /compare its key with `notify\.webhook\.secret`/);
  });

  test('A receiver that never answers is given up while whoever tells people still waits', async () => {
    const { endpoint } = await silentServer();
    const limits: (number | undefined)[] = [];
    const impatient = webhookSender(
      { url: endpoint, secret: { env: 'KEY' } },
      {
        http: (request) => {
          limits.push(request.timeoutSeconds);
          return http({ ...request, timeoutSeconds: 0.05 });
        },
        secrets: async () => signingKey,
        clock: systemClock,
      },
    );
    assert.equal((await failureOf(impatient(alert))).name, 'Unreachable');
    assert.deepEqual(limits, [10]);
  });
});
