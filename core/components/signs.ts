import type { ClusterConfig } from '../config/schema.ts';
import type { Discovered } from './actuator.ts';
import { briefly, type IndexFamily } from './search/camunda-indices.ts';
import type { Order } from './versions.ts';

/** What was seen of a cluster and shows which components it has. */
export interface Observed {
  config: ClusterConfig;
  order: Order;
  /** The endpoints and the version that Zeebe's management port reports. */
  discovered: Discovered;
  /** The names of Camunda's indices in the search engine. */
  indices: Map<IndexFamily, string[]>;
}

/** A component that a cluster has, whether or not it is configured. */
export interface Sign<Name extends string> {
  component: Name;
  /** What shows that the component exists, as a part of a sentence. */
  seen: string;
}

/** Makes the sign of a component from the indices that only this component has; none if there are no such indices. */
export function signInIndices<Name extends string>(
  component: Name,
  families: IndexFamily[],
  { config, indices }: Observed,
): Sign<Name>[] {
  const names = families.flatMap((family) => indices.get(family) ?? []);
  const where = config.search?.url ?? 'the search engine';
  return names.length === 0 ? [] : [{ component, seen: `${where} has such indices (${briefly(names)})` }];
}
