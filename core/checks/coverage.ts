import { type ComponentName, titles } from '../components/kinds.ts';
import { briefly, camundaIndices, type IndexFamily } from '../components/search/camunda-indices.ts';
import type { Order } from '../components/versions.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { type CheckFinding, unseen, wrong } from './finding.ts';

/** A component that is not configured, and the reason why it belongs in the backup. */
interface Missing {
  component: ComponentName;
  seen: string;
}

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
  const missing = [...byIndices(config, cluster.order, found), ...byEndpoints(config, cluster)];
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

function byIndices(config: ClusterConfig, order: Order, found: Map<IndexFamily, string[]>): Missing[] {
  const together = (...families: IndexFamily[]) => families.flatMap((family) => found.get(family) ?? []);
  const applications: [ComponentName, string[]][] =
    order === 'PAUSE_FIRST'
      ? [['webApplications', together('operate', 'tasklist', 'camunda')]]
      : [
          ['operate', together('operate')],
          ['tasklist', together('tasklist')],
        ];
  const all: [ComponentName, string[]][] = [
    ...applications,
    ['optimize', together('optimize')],
    ['records', together('records')],
  ];
  const where = config.search?.url ?? 'the search engine';
  return all.flatMap(([component, names]): Missing[] =>
    config[component] || names.length === 0
      ? []
      : [{ component, seen: `${where} has such indices (${briefly(names)})` }],
  );
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

/** Finds missing components by the version and the endpoints. This also works without a search engine. */
function byEndpoints(
  { zeebe, records, webApplications }: ClusterConfig,
  { order, discovered }: Pick<ClusterFacts, 'order' | 'discovered'>,
): Missing[] {
  // From 8.8 on, Zeebe's address also serves the backups of the web applications.
  const servesApplications = discovered.endpoints.has('backupHistory');
  const isFedFromRecords = order === 'APPLICATIONS_FIRST';
  return [
    ...(isFedFromRecords && !records
      ? [
          {
            component: 'records' as const,
            seen: 'up to 8.7 Operate, Tasklist and Optimize read them',
          },
        ]
      : []),
    ...(servesApplications && !webApplications
      ? [{ component: 'webApplications' as const, seen: `Zeebe at ${zeebe.url} serves them (backupHistory)` }]
      : []),
  ];
}
