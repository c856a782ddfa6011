import { isDeepStrictEqual } from 'node:util';
import type { Agent } from 'undici';
import type { Tls, TlsOptions } from './tls.ts';

/** The part of fetch that is used here, which Node's own and undici's have in common. */
type Fetch = (url: string, init: FetchInit) => Promise<Fetched>;

interface FetchInit {
  method: string;
  redirect: 'manual';
  signal: AbortSignal;
  headers: Record<string, string>;
  body: string | null;
}

export interface Fetched {
  status: number;
  headers: { get(name: string): string | null };
  body: AsyncIterable<Uint8Array> | null;
}

/** A fetch function with the TLS settings of an address, and the TLS options that were read from them. */
export interface Connected {
  fetch: Fetch;
  options: TlsOptions | undefined;
}

export interface Dispatchers {
  /** Throws the error of `read` if the settings cannot be read. */
  of(tls: Tls): Promise<Connected>;
  close(): Promise<void>;
}

/**
 * Keeps the connections to each address with TLS settings of its own. undici is only loaded for these, and its fetch is
 * used with its own agent, whatever version of undici is built into Node.
 */
export function dispatchers(read: (tls: Tls) => Promise<TlsOptions>): Dispatchers {
  const open = new Map<string, { options: TlsOptions; agent: Agent }>();
  return {
    async of(tls) {
      const { Agent, fetch } = await import('undici');
      const key = JSON.stringify(tls);
      const options = await read(tls);
      const known = open.get(key);
      const agent = known && isDeepStrictEqual(known.options, options) ? known.agent : undefined;
      const usable = agent ?? new Agent({ connect: { ...options } });
      if (!agent) {
        open.set(key, { options, agent: usable });
        // `close` lets the open requests end first.
        known?.agent.close().catch(() => undefined);
      }
      return { options, fetch: (url, init) => fetch(url, { ...init, dispatcher: usable }) };
    },
    async close() {
      const agents = [...open.values()].map(({ agent }) => agent);
      open.clear();
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}
