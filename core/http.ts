import { Agent, request } from 'undici';
import { BackupError, describe } from './errors.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  timeoutSeconds?: number;
  /** Gives up the wait for an answer. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** Without parameters, in lower case; '' where there was none. */
  contentType: string;
  text: string;
}

/** Sends one request. Throws Unreachable where there was no whole answer; every status is an answer. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Servers were seen to take 7 s for a status for no visible reason, and 15 s until a gateway gives up on its
 * broker: shorter time-outs make failures out of slow answers.
 */
const defaultTimeoutSeconds = 30;
const largestAnswer = 64 * 1024 * 1024;

export function httpClient(): Http & { close(): Promise<void> } {
  // Idle connections are dropped early: load balancers and restarted pods close them under us.
  const agent = new Agent({ keepAliveTimeout: 4_000, connect: { timeout: 10_000 } });
  const send: Http = async ({
    method,
    url,
    body,
    headers = {},
    timeoutSeconds = defaultTimeoutSeconds,
    ...rest
  }) => {
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      const answer = await request(url, {
        method,
        dispatcher: agent,
        signal: rest.signal ? AbortSignal.any([timeout, rest.signal]) : timeout,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const contentType = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
      const text = await readText(answer.body, method, url);
      return { status: answer.statusCode, contentType: contentType.trim().toLowerCase(), text };
    } catch (error) {
      if (error instanceof BackupError) throw error;
      throw unreachable(method, url, error, timeout.aborted ? timeoutSeconds : undefined);
    }
  };
  return Object.assign(send, { close: () => agent.destroy() });
}

async function readText(body: AsyncIterable<Buffer>, method: string, url: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largestAnswer) {
      throw new BackupError('UnexpectedAnswer', `${method} ${url} answered with more than 64 MiB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable(method: string, url: string, error: unknown, timedOutAfter: number | undefined) {
  const why = timedOutAfter === undefined ? describe(error) : `no answer within ${timedOutAfter} s`;
  return new BackupError('Unreachable', `${method} ${url} failed: ${why}`, {
    cause: error,
    remedy: `Check that ${new URL(url).origin} can be reached from here (DNS, network policy, security group) and that the server is up.`,
  });
}
