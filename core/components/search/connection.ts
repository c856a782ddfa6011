import { authenticate } from '../../connect/authenticate.ts';
import type { Connections } from '../../connect/connections.ts';
import { isRedirect } from '../../connect/redirect.ts';
import type { TlsOptions } from '../../connect/tls.ts';
import type { SearchAddress } from './engine.ts';

/** The options that both official clients take. */
export interface Connection {
  node: string;
  /** Neither client retries: the state machine does. */
  maxRetries: 0;
  /** Milliseconds. */
  requestTimeout: number;
  headers: Record<string, string>;
  tls: TlsOptions | undefined;
}

/** Reads what a client needs to connect to `address`. Throws SecretUnavailable, Unreachable or ServerTrouble. */
export async function connectionOf(
  { url, auth, tls }: SearchAddress,
  connections: Pick<Connections, 'secrets' | 'http' | 'readTls'>,
): Promise<Connection> {
  const headers = await authenticate(auth, { method: 'GET', url, headers: {} }, connections);
  const options = tls && (await connections.readTls(tls));
  return { node: url, maxRetries: 0, requestTimeout: 30_000, headers, tls: options };
}

/**
 * A redirect that an engine's client got. Both clients take one for success, because its status is below 400: a snapshot
 * would seem to be accepted that nobody takes.
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

/** Undefined for every other answer. `path` is below the address. */
export function redirectIn(
  { statusCode, headers }: { statusCode?: number | undefined; headers: { location?: string | undefined } },
  path: string,
): RedirectError | undefined {
  return statusCode !== undefined && isRedirect(statusCode)
    ? new RedirectError(statusCode, path, headers.location)
    : undefined;
}
