import { authenticate, type Signing } from '../../connect/authenticate.ts';
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
