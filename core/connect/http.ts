import { BackupError } from '../errors.ts';
import { badPortOf } from './bad-ports.ts';
import { obstacleAt, silence } from './connection.ts';
import type { Connected, Dispatchers, Fetched } from './dispatchers.ts';
import { isRedirect } from './redirect.ts';
import type { Tls, TlsOptions } from './tls.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** This is sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** The TLS settings of the address; Node's defaults if undefined. */
  tls?: Tls | undefined;
  timeoutSeconds?: number;
  /** Ends the wait for an answer. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** The media type without parameters, in lower case; '' if the answer has none. */
  contentType: string;
  text: string;
  /** The target of a redirect, as the server wrote it. */
  location?: string;
  /** The time by the server's clock, as its header `Date` has it, in whole seconds. */
  date?: string;
}

/**
 * Sends one request. Every status is an answer. Throws Unreachable if there was no complete answer, and AddressUnusable
 * if there will be none until a person changes something.
 */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Servers were observed to take 7 s for a status without a visible reason, and a gateway waits 15 s for its broker. A
 * shorter time limit would turn slow answers into failures.
 */
const defaultTimeoutSeconds = 30;
const largestAnswer = 64 * 1024 * 1024;

/** HTTP by Node's own fetch, and by that of `dispatchers` for a request with TLS settings. */
export function httpWith(dispatchers: Pick<Dispatchers, 'of'>): Http {
  return async ({ tls, ...request }) => send(request, tls ? await dispatchers.of(tls) : plain);
}

const plain: Connected = { fetch: (url, init) => fetch(url, init), options: undefined };

/** HTTP for a process whose addresses have no TLS settings. */
export const http = httpWith({
  of: async () => {
    throw new BackupError(
      'ConfigurationError',
      'This process was not made to speak TLS with settings of its own',
    );
  },
});

/** A redirect is an answer and is never followed: management ports do not redirect, login pages do. */
async function send(
  { method, url, body, headers, timeoutSeconds = defaultTimeoutSeconds, ...rest }: HttpRequest,
  connected: Connected,
): Promise<HttpAnswer> {
  const port = badPortOf(url);
  if (port !== undefined) {
    throw new BackupError('AddressUnusable', `${method} ${url} failed: Node speaks no HTTP to port ${port}`, {
      remedy: 'Forward another port to it (such as 19600), and write that one into the url.',
    });
  }
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const answer = await connected.fetch(url, {
      method,
      redirect: 'manual',
      signal: rest.signal ? AbortSignal.any([timeout, rest.signal]) : timeout,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: jsonOf(body) ?? null,
    });
    const contentType = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const text = await readText(answer, method, url);
    const location = isRedirect(answer.status) ? answer.headers.get('location') : null;
    const date = answer.headers.get('date');
    return {
      status: answer.status,
      contentType: contentType.trim().toLowerCase(),
      text,
      ...(location === null ? {} : { location }),
      ...(date === null ? {} : { date }),
    };
  } catch (error) {
    if (error instanceof BackupError) throw error;
    const failed = `${method} ${url} failed`;
    if (timeout.aborted) {
      throw new BackupError('Unreachable', `${failed}: no answer within ${timeoutSeconds} s`, {
        cause: error,
        remedy: silence(url),
      });
    }
    if (rest.signal?.aborted) {
      throw new BackupError('Unreachable', `${failed}: its caller gave up waiting for the answer`, {
        cause: error,
      });
    }
    throw await withoutAnswer(failed, url, error, connected.options);
  }
}

/** The text of a body as it is sent, which a signature covers. */
export function jsonOf(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

async function readText(answer: Fetched, method: string, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > largestAnswer) {
      throw new BackupError('UnexpectedAnswer', `${method} ${url} answered with more than 64 MiB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function withoutAnswer(
  failed: string,
  url: string,
  error: unknown,
  options: TlsOptions | undefined,
): Promise<BackupError> {
  // Only the cause of a failed fetch says why it failed.
  const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { what, remedy, passes } = await obstacleAt(url, why, options);
  return new BackupError(passes ? 'Unreachable' : 'AddressUnusable', `${failed}: ${what}`, {
    cause: error,
    remedy,
  });
}
