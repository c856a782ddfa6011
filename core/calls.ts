import { around } from './components/search/around.ts';
import { nameOfSecret } from './connect/secrets.ts';
import type { Context } from './context.ts';
import { BackupError } from './errors.ts';

/** A call to something outside of this process that has not been answered. */
export interface Call {
  /** Such as `GET http://camunda:9600/actuator`. */
  what: string;
  /** Milliseconds since 1970. */
  since: number;
}

const titles = { elasticsearch: 'Elasticsearch', opensearch: 'OpenSearch' };

/**
 * The same context, of which it is known what it waits for. `giveUp` ends every wait and lets no call begin any more.
 * The ledger is not among them: its stores have time limits of their own.
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
    if (giveUp?.aborted) throw new BackupError('Unreachable', `${what} was not asked any more`);
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
        around(await context.search(address), (what, ask) =>
          watch(`${titles[address.engine]} at ${address.url} (${what})`, ask),
        ),
    },
    waiting: () => [...open],
  };
}
