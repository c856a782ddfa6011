import * as z from 'zod';
import { intercept } from '../components/search/intercept.ts';
import { addressesOf, type ClusterConfig } from '../config/schema.ts';
import type { Tls } from '../connect/tls.ts';
import type { Context } from '../context.ts';
import { noAnswer } from '../error-names.ts';
import { isBackupError } from '../errors.ts';

/** Whether a configured address was reached, and what was seen there. */
export const reachedAddress = z.object({
  /** Its places in the configuration of the cluster: `zeebe, webApplications`, `zeebe.brokers`, `search`. */
  name: z.string(),
  url: z.string(),
  /** True if any answer came, also one that refuses. */
  reached: z.boolean(),
  /** The first answer, or the reason why there is none, as a sentence. */
  seen: z.string(),
  remedy: z.string().optional(),
});
export type ReachedAddress = z.infer<typeof reachedAddress>;

type Needs = Pick<Context, 'http' | 'search'>;
type Seen = Pick<ReachedAddress, 'reached' | 'seen' | 'remedy'>;

interface Place {
  names: string[];
  url: string;
  tls: Tls | undefined;
}

/** A question that is only asked to see whether there is an answer. */
const patienceSeconds = 10;

/**
 * Wraps a context so that it notes which addresses of a cluster answer. `addresses` asks those that nothing was sent
 * to, because the first failure may keep the others from being asked.
 */
export function notingAddresses<C extends Needs>(
  config: ClusterConfig,
  context: C,
): { context: C; addresses: () => Promise<ReachedAddress[]> } {
  const places = placesOf(config);
  const seen = new Map<string, Seen>();
  const note = async <T>(
    url: string,
    what: string,
    ask: () => Promise<T>,
    status: (answer: T) => string,
  ): Promise<T> => {
    const place = places.find((one) => url === one.url || url.startsWith(`${one.url}/`))?.url;
    const add = (found: Seen) => {
      // Any answer proves that the address is reached, whatever else did not come.
      if (place !== undefined && !seen.get(place)?.reached) seen.set(place, found);
    };
    try {
      const answer = await ask();
      add({ reached: true, seen: `${what} answered${status(answer)}` });
      return answer;
    } catch (error) {
      if (isBackupError(error, ...noAnswer)) {
        const { message, remedy } = error;
        add({ reached: false, seen: message, ...(remedy ? { remedy } : {}) });
      } else if (isBackupError(error)) add({ reached: true, seen: error.message });
      throw error;
    }
  };
  const http: Context['http'] = (request) =>
    note(
      request.url,
      `${request.method} ${request.url}`,
      () => context.http(request),
      ({ status }) => ` with HTTP ${status}`,
    );
  return {
    context: {
      ...context,
      http,
      search: async (address) =>
        intercept(await context.search(address), (what, ask) =>
          note(address.url, `${what} at ${address.url}`, ask, () => ''),
        ),
    },
    async addresses() {
      await Promise.all(
        places
          .filter(({ url }) => !seen.has(url))
          .map(({ url, tls }) =>
            http({ method: 'GET', url, timeoutSeconds: patienceSeconds, ...(tls ? { tls } : {}) }).catch(
              (error: unknown) => {
                if (!isBackupError(error)) throw error;
              },
            ),
          ),
      );
      return places.flatMap(({ names, url }) => {
        const found = seen.get(url);
        return found ? [{ name: names.join(', '), url, ...found }] : [];
      });
    },
  };
}

/** The addresses of a cluster in the order of the configuration. Several parts may have the same one. */
function placesOf(config: ClusterConfig): Place[] {
  const { brokers = [], tls } = config.zeebe;
  const all = [
    ...addressesOf(config).map(({ path, url, tls }) => ({ name: path.join('.'), url, tls })),
    ...brokers.map((url) => ({ name: 'zeebe.brokers', url, tls })),
  ];
  return [...Map.groupBy(all, ({ url }) => url)].map(([url, group]) => ({
    names: [...new Set(group.map(({ name }) => name))],
    url,
    tls: group[0]?.tls,
  }));
}
