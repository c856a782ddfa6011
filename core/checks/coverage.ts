import { allKinds, titles } from '../components/kinds.ts';
import { briefly, camundaIndices, type IndexFamily } from '../components/search/camunda-indices.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Facts } from './facts.ts';
import { type CheckFinding, unseen, wrong } from './finding.ts';

/**
 * Finds parts of Camunda that this backup does not contain. A backup that is complete by its configuration may lack
 * half of the cluster. By default this is only a warning, because the search engine may be shared or have indices of
 * an older version.
 */
export function coverage({ config, cluster, search }: Facts): CheckFinding[] {
  const indices = search?.camundaIndices;
  const hidden = indices?.unknown
    ? [
        unseen(
          'coverage',
          'search',
          `It is not known which indices of Camunda exist at ${config.search?.url}, and whether this backup contains all of them: ${indices.unknown.message}`,
        ),
      ]
    : [];
  if (!cluster) return hidden;
  const found = camundaIndices(indices?.known ?? []);
  const observed = { config, order: cluster.order, discovered: cluster.discovered, indices: found };
  const missing = allKinds
    .flatMap((kind) => kind.signs(observed))
    .filter(({ component }) => !config[component]);
  const nothing = missing
    .filter(({ component }, at) => missing.findIndex((other) => other.component === component) === at)
    .flatMap(({ component, seen }) =>
      wrong('coverage', component, {
        error: 'ClusterNotReady',
        seen: [
          `This backup does not contain ${titles[component]}: \`${component}\` is not configured, but ${seen}`,
        ],
        remedy: `Configure \`${component}\`; or set \`checks: { coverage: warn }\` if they belong to another cluster or an older version.`,
      }),
    );
  return [...nothing, ...otherRecords(config, found), ...hidden];
}

/** Finds records under other prefixes, because the backup contains the records of one exporter only. */
function otherRecords({ search, records }: ClusterConfig, found: Map<IndexFamily, string[]>): CheckFinding[] {
  const others = (found.get('records') ?? []).filter(
    (name) => records && !name.startsWith(records.indexPrefix),
  );
  return wrong('coverage', 'records', {
    error: 'ClusterNotReady',
    seen:
      others.length === 0
        ? []
        : [
            `This backup contains the records with the prefix ${records?.indexPrefix}, but ${search?.url} has others (${briefly(others)})`,
          ],
    remedy:
      'Correct `records.indexPrefix`; or set `checks: { coverage: warn }` if they belong to another cluster.',
  });
}
