import * as z from 'zod';
import { EngineClient, type SearchAddress } from './engine-client.ts';
import { type ApplicationName, aliasOf, layouts, prefixed } from './layout.ts';

const instance = z.object({
  key: z.string(),
  /** The business id with which the instance was created. */
  order: z.string(),
  state: z.enum(['ACTIVE', 'COMPLETED', 'CANCELED']),
});

/** A process instance as an application shows it. */
export type ShownInstance = z.infer<typeof instance>;

/** Every process instance that an application shows. One that has two documents is in the list twice. */
export async function applicationInstances(
  search: SearchAddress,
  application: ApplicationName,
  prefix = '',
): Promise<ShownInstance[]> {
  const alias = prefixed(prefix, aliasOf(layouts[application].instances));
  const hits = await new EngineClient(search).scroll(alias);
  return hits.map(({ source }) => instance.parse(source));
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
