import { authenticate, type Signing } from '../../connect/authenticate.ts';
import { isRedirect } from '../../connect/redirect.ts';
import type { SearchAddress } from './engine.ts';

/** The options that both official clients take. */
export interface Connection {
  node: string;
  /** Neither client retries: the state machine does. */
  maxRetries: 0;
  /** Milliseconds. */
  requestTimeout: number;
  headers: Record<string, string>;
}

/** Reads what a client needs to connect to `address`. Throws SecretUnavailable, Unreachable or ServerTrouble. */
export async function connectionOf({ url, auth }: SearchAddress, signing: Signing): Promise<Connection> {
  const headers = await authenticate(auth, { method: 'GET', url, headers: {} }, signing);
  return { node: url, maxRetries: 0, requestTimeout: 30_000, headers };
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
