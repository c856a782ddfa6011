import { type ComponentName, titles } from '../components/component.ts';
import { briefly, camundaIndices, type IndexFamily } from '../components/search/camunda-indices.ts';
import type { Order } from '../components/versions.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { BackupError } from '../errors.ts';
import type { DiscoveredCluster } from './discover.ts';

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
export function uncovered(
  config: ClusterConfig,
  { order, servesApplications }: Pick<DiscoveredCluster, 'order' | 'servesApplications'>,
  indices: string[],
): BackupError[] {
  const found = camundaIndices(indices);
  const missing = [...byIndices(config, order, found), ...byEndpoints(config, order, servesApplications)];
  const nothing = missing
    .filter(({ component }, at) => missing.findIndex((other) => other.component === component) === at)
    .map(
      ({ component, seen }) =>
        new BackupError(
          'ClusterNotReady',
          `This backup has nothing of ${titles[component]}: \`${component}\` is not configured, and ${seen}`,
          {
            remedy: `Configure \`${component}\`; or set \`checks: { coverage: warn }\` where another cluster or an older version has left these.`,
          },
        ),
    );
  return [...nothing, ...otherRecords(config, found)];
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
function otherRecords({ search, records }: ClusterConfig, found: Map<IndexFamily, string[]>): BackupError[] {
  const others = (found.get('records') ?? []).filter(
    (name) => records && !name.startsWith(records.indexPrefix),
  );
  if (others.length === 0) return [];
  return [
    new BackupError(
      'ClusterNotReady',
      `This backup has the records of the prefix ${records?.indexPrefix}, and ${search?.url} has others (${briefly(others)})`,
      {
        remedy:
          'Correct `records.indexPrefix`; or set `checks: { coverage: warn }` where they are another cluster’s.',
      },
    ),
  ];
}

/** What the version and the endpoints say, also without a search engine to ask. */
function byEndpoints(
  { zeebe, records, webApplications }: ClusterConfig,
  order: Order,
  servesApplications: boolean,
): Missing[] {
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
