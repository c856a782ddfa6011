import { systemClock } from '../../clock.ts';
import { authenticate } from '../../connect/authenticate.ts';
import type { Connections } from '../../connect/connections.ts';
import { type AwsSigning, signingRegion } from '../../connect/open-search-service.ts';
import { isRedirect } from '../../connect/redirect.ts';
import type { TlsOptions } from '../../connect/tls.ts';
import type { SearchAddress } from './engine.ts';

/** The options that both official clients take. */
export interface Connection {
  node: string;
  /** The clients never retry, because the state machine does. */
  maxRetries: 0;
  /** Milliseconds. */
  requestTimeout: number;
  headers: Record<string, string>;
  tls: TlsOptions | undefined;
  /** How each request is signed for AWS; undefined if it is not. */
  aws: AwsSigning | undefined;
}

/** The means to connect, and the credentials and the clock for signatures. */
export interface Connecting extends Pick<Connections, 'secrets' | 'http' | 'readTls'> {
  credentials: AwsSigning['credentials'];
  clock?: AwsSigning['clock'];
}

/** Reads what a client needs to connect to `address`. Throws SecretUnavailable, Unreachable or ServerTrouble. */
export async function connectionOf(
  { url, auth, tls }: SearchAddress,
  { credentials, clock = systemClock, ...connections }: Connecting,
): Promise<Connection> {
  const options = tls && (await connections.readTls(tls));
  const connection: Connection = {
    node: url,
    maxRetries: 0,
    requestTimeout: 30_000,
    headers: {},
    tls: options,
    aws: undefined,
  };
  if (auth && 'aws' in auth) {
    // Without credentials this throws an error that says so, before the client sends anything.
    await credentials();
    return { ...connection, aws: { region: signingRegion(auth, url), credentials, clock } };
  }
  const headers = await authenticate(auth, { method: 'GET', url, headers: {} }, connections);
  return { ...connection, headers };
}

/**
 * A redirect from the address of an engine. Both clients treat a redirect as success, because its status is below 400.
 * Then a snapshot would seem to be accepted although no engine takes it.
 */
export class RedirectError extends Error {
  override readonly name = 'RedirectError';
  readonly status: number;
  readonly path: string;
  readonly location: string | undefined;

  constructor(status: number, path: string, location: string | undefined) {
    super(`redirected with ${status}`);
    this.status = status;
    this.path = path;
    this.location = location;
  }
}

/** Makes the error for a redirect; undefined for every other answer. `path` is relative to the address. */
export function redirectIn(
  { statusCode, headers }: { statusCode?: number | undefined; headers: { location?: string | undefined } },
  path: string,
): RedirectError | undefined {
  return statusCode !== undefined && isRedirect(statusCode)
    ? new RedirectError(statusCode, path, headers.location)
    : undefined;
}
