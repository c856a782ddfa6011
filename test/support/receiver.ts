import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { webhookBody } from '../../core/tell/webhook.ts';
import { cleanUp } from './clean-up.ts';

export const signingKey = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Delivery {
  id: string;
  headers: IncomingHttpHeaders;
  body: z.infer<typeof webhookBody>;
}

/** An answer other than `204 No Content`. */
interface Answer {
  status: number;
  headers?: Record<string, string>;
}

/**
 * Starts a receiver of webhooks. It checks each signature with the library of the Standard Webhooks project, and answers
 * 401 if that refuses it.
 */
export async function receiver(key = signingKey) {
  const taken: Delivery[] = [];
  const refused: Delivery[] = [];
  const paths: string[] = [];
  let answer: Answer | undefined;
  const server = createServer(async (request, response) => {
    paths.push(`${request.method} ${request.url}`);
    const sent = await text(request);
    const { headers } = request;
    try {
      const body = webhookBody.parse(new Webhook(key).verify(sent, signed.parse(headers)));
      const delivery = { id: signed.parse(headers)['webhook-id'], headers, body };
      (answer ? refused : taken).push(delivery);
      response.writeHead(answer?.status ?? 204, answer?.headers).end();
    } catch (error) {
      response.writeHead(401).end(String(error));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert(address && typeof address === 'object');
  return {
    url: `http://127.0.0.1:${address.port}/alerts/`,
    /** The deliveries that were answered with success, and those that were not; each has a signature that is right. */
    taken,
    refused,
    /** Each request, whatever came of it. */
    paths,
    /** Answers this from now on; undefined takes every delivery. */
    answerWith(next: Answer | undefined) {
      answer = next;
    },
  };
}

const signed = z.object({
  'webhook-id': z.string(),
  'webhook-timestamp': z.string(),
  'webhook-signature': z.string(),
});
