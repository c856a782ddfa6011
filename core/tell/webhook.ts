import { createHash, createHmac } from 'node:crypto';
import * as z from 'zod';
import { type Alert, alert as alertSchema } from '../alert.ts';
import type { Notify } from '../config/notify.ts';
import { jsonOf } from '../connect/http.ts';
import { isRedirect } from '../connect/redirect.ts';
import { bytesOfKey } from '../connect/signing-key.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';

/** The time limit for an answer. It is shorter than that for telling people, so that the error says who did not answer. */
const answerSeconds = 10;

/**
 * The body of a request to a webhook: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const webhookBody = z.strictObject({
  /** 1; it grows when a field goes or changes its meaning, not when one is added. */
  format: z.literal(1),
  /** `alert.` and the kind of the alert. */
  type: z.templateLiteral(['alert.', alertSchema.shape.kind]),
  /** When the alert was recorded, or else when it was sent. */
  timestamp: z.iso.datetime(),
  data: alertSchema.omit({ at: true }),
});

/**
 * Returns a function that posts alerts to a webhook, with a signature. A receiver that gets the same `webhook-id` twice
 * has got the same alert twice. Throws AlertFailed if the receiver does not take an alert, SecretUnavailable, and the
 * errors of a server that does not answer.
 */
export function webhookSender(
  { url, secret }: Notify['webhook'],
  { http, secrets, clock }: Pick<Context, 'http' | 'secrets' | 'clock'>,
): (alert: Alert) => Promise<void> {
  return async ({ at, ...alert }) => {
    const now = clock.now();
    const timestamp = at ?? new Date(now).toISOString();
    const body = webhookBody.parse({ format: 1, type: `alert.${alert.kind}`, timestamp, data: alert });
    const key = bytesOfKey(await secrets(secret, 'signingKey'));
    const id = idOf(alert, timestamp);
    const seconds = Math.floor(now / 1000);
    const { status, location } = await http({
      method: 'POST',
      url,
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': `${seconds}`,
        'webhook-signature': signatureOf(key, `${id}.${seconds}.${jsonOf(body)}`),
      },
      timeoutSeconds: answerSeconds,
    });
    if (status >= 200 && status < 300) return;
    throw new BackupError(
      'AlertFailed',
      isRedirect(status)
        ? `The webhook ${url} answered ${status}, a redirect${placeOf(location, url)} that is not followed`
        : `The webhook ${url} answered ${status}`,
      {
        status,
        remedy: isRedirect(status)
          ? 'Write the address at which the receiver takes the alerts into `notify.webhook.url`.'
          : 'See the log of the receiver: it takes an alert with a status from 200 to 299. If it refuses the signature, compare its key with `notify.webhook.secret`.',
      },
    );
  };
}

function signatureOf(key: Buffer, signed: string): string {
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

/** The same for each attempt to send one alert. A dot in it would make the signed text ambiguous. */
function idOf({ kind, cluster, backupId, component, execution }: Alert, timestamp: string): string {
  const facts = JSON.stringify([kind, cluster, backupId, component, execution, timestamp]);
  return `msg_${createHash('sha256').update(facts).digest('hex').slice(0, 32)}`;
}

/** A target without its query, which may contain something secret. */
function placeOf(location: string | undefined, url: string): string {
  const to = location === undefined ? null : URL.parse(location, url);
  return to ? ` to ${to.origin}${to.pathname}` : '';
}
