import type { Signing } from './authenticate.ts';
import { dispatchers } from './dispatchers.ts';
import { httpWith } from './http.ts';
import { noFiles, type ReadFile, type Secrets } from './secrets.ts';
import { type LastTls, type Tls, type TlsOptions, tlsReader } from './tls.ts';

/** Everything that a process needs to connect to servers. */
export interface Connections extends Signing {
  /** Reads TLS options for clients that make their own connections. */
  readTls: (tls: Tls) => Promise<TlsOptions>;
  /** Ends the connections with TLS settings; Node ends the others by itself. */
  close(): Promise<void>;
}

/** `lastTls` is for a process that opens its connections more than once. */
export function openConnections(
  secrets: Secrets,
  readFile: ReadFile = noFiles,
  lastTls?: LastTls,
): Connections {
  const read = tlsReader({ readFile, secrets }, lastTls);
  const kept = dispatchers(read);
  return { secrets, http: httpWith(kept), readTls: read, close: () => kept.close() };
}
