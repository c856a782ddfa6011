import { type ComponentName, titles } from '../components/kinds.ts';
import { briefly, camundaIndices, type IndexFamily } from '../components/search/camunda-indices.ts';
import type { Order } from '../components/versions.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { type CheckFinding, unseen, wrong } from './finding.ts';

/** Why a component belongs into the backup that is not configured. */
interface Missing {
  component: ComponentName;
  seen: string;
}

/**
 * What there is of Camunda and is in no part of this backup: a backup that is complete by its configuration may lack half
 * of the cluster. A search engine may be shared, or have indices of an older version: so it is told, and refuses nothing
 * unless the configuration says so.
 */
export function coverage({ config, cluster, search }: Facts): CheckFinding[] {
  const indices = search?.camundaIndices;
  const hidden = indices?.unknown
    ? [
        unseen(
          'coverage',
          'search',
          `Which indices of Camunda there are at ${config.search?.url}, and whether all are in this backup, is not known: ${indices.unknown.message}`,
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
          `This backup has nothing of ${titles[component]}: \`${component}\` is not configured, and ${seen}`,
        ],
        remedy: `Configure \`${component}\`; or set \`checks: { coverage: warn }\` where another cluster or an older version has left these.`,
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

/** Records are backed up by the prefix of one exporter. */
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
            `This backup has the records of the prefix ${records?.indexPrefix}, and ${search?.url} has others (${briefly(others)})`,
          ],
    remedy:
      'Correct `records.indexPrefix`; or set `checks: { coverage: warn }` where they are another cluster’s.',
  });
}

/** What the version and the endpoints say, also without a search engine to ask. */
function byEndpoints(
  { zeebe, records, webApplications }: ClusterConfig,
  { order, discovered }: Pick<ClusterFacts, 'order' | 'discovered'>,
): Missing[] {
  // From 8.8 on Zeebe's address serves the web applications' backups too.
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
