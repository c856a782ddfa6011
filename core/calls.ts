import { intercept } from './components/search/intercept.ts';
import { nameOfSecret } from './connect/secrets.ts';
import type { Context } from './context.ts';
import { BackupError } from './errors.ts';

/** A call to a server outside of this process that has not been answered yet. */
export interface Call {
  /** Such as `GET http://camunda:9600/actuator`. */
  what: string;
  /** Milliseconds since 1970. */
  since: number;
}

const titles = { elasticsearch: 'Elasticsearch', opensearch: 'OpenSearch' };

/**
 * Wraps a context so that `waiting` lists its open calls. Aborting `giveUp` ends every open call and refuses new ones.
 * Calls of the ledger are not listed, because its stores have their own time limits.
 */
export function watchCalls<C extends Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>>(
  context: C,
  {
    giveUp,
    now = () => context.clock.now(),
  }: { giveUp?: AbortSignal; now?: (() => number) | undefined } = {},
): { context: C; waiting: () => Call[] } {
  const open = new Set<Call>();
  const watch = async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    if (giveUp?.aborted)
      throw new BackupError('Unreachable', `${what} was not called, because its caller had given up`);
    const call = { what, since: now() };
    open.add(call);
    try {
      return await ask();
    } finally {
      open.delete(call);
    }
  };
  return {
    context: {
      ...context,
      http: (request) =>
        watch(`${request.method} ${request.url}`, () => {
          const signals = [request.signal, giveUp].filter((signal) => signal !== undefined);
          return context.http(
            signals.length > 0 ? { ...request, signal: AbortSignal.any(signals) } : request,
          );
        }),
      secrets: (ref, form) => watch(nameOfSecret(ref), () => context.secrets(ref, form)),
      search: async (address) =>
        intercept(await context.search(address), (what, ask) =>
          watch(`${titles[address.engine]} at ${address.url} (${what})`, ask),
        ),
    },
    waiting: () => [...open],
  };
}
