import * as z from 'zod';
import { EngineClient, type SearchAddress } from './engine-client.ts';
import { type ApplicationName, aliasOf, layouts, prefixed } from './layout.ts';

/** A process instance as an application shows it. */
export interface ShownInstance {
  key: string;
  /** What the load client calls the order, of which there is one instance each. */
  order: string | undefined;
  state: 'ACTIVE' | 'COMPLETED' | 'CANCELED';
}

const instance = z.object({
  key: z.string(),
  order: z.coerce.string().optional(),
  state: z.enum(['ACTIVE', 'COMPLETED', 'CANCELED']),
});

/** Every process instance that an application shows. One that has two documents is in the list twice. */
export async function applicationInstances(
  search: SearchAddress,
  application: ApplicationName,
  prefix = '',
): Promise<ShownInstance[]> {
  const alias = prefixed(prefix, aliasOf(layouts[application].instances));
  const hits = await new EngineClient(search).scroll(alias);
  return hits.map(({ source }) => {
    const { key, order, state } = instance.parse(source);
    return { key, order, state };
  });
}

/** How many process instances an application shows for an order. */
export async function instancesOfOrder(
  search: SearchAddress,
  application: ApplicationName,
  order: string,
  prefix = '',
): Promise<number> {
  const engine = new EngineClient(search);
  const alias = prefixed(prefix, aliasOf(layouts[application].instances));
  await engine.refresh(alias);
  const query = { query: { term: { order } } };
  const counted = await engine.call('POST', `${alias}/_count`, z.object({ count: z.number() }), query);
  return counted.count;
}
