import type { ClusterFacts, Facts, SearchFacts } from '../checks/facts.ts';
import { replicasOf } from '../checks/partitions.ts';
import type { CheckName } from '../config/checks.ts';
import type { Finding } from '../ledger/finding.ts';
import type { Diagnosis } from './diagnosis.ts';
import { placeInWords, repositoryPlace } from './places.ts';

/** What the checks of a backup looked at and found right, in the words of a person who wants to see it. */
export function right({ search, cluster }: Facts, findings: Finding[]): Diagnosis[] {
  const isQuiet = (...names: (CheckName | 'discovery')[]) =>
    !findings.some(({ name }) => names.some((one) => one === name));
  const all = [
    search && isQuiet('repository') ? repository(search) : undefined,
    cluster && isQuiet('brokers', 'partitions') ? brokers(cluster) : undefined,
    cluster && isQuiet('exporters', 'exporterLag', 'exporting') ? exporters(cluster) : undefined,
  ];
  return all.flatMap((one) => (one ? [{ ...one, severity: 'ok' as const }] : []));
}

type Right = Omit<Diagnosis, 'severity'> | undefined;

function repository({ address, repository: { known } }: SearchFacts): Right {
  const place = repositoryPlace(known?.definition);
  return {
    name: 'repository',
    subject: 'search',
    says: `Every node of ${address.url} can write to the repository ${address.repository}${place ? `, which is ${placeInWords(place)}` : ''}`,
  };
}

function brokers({ topology, exporting: { partitions } }: ClusterFacts): Right {
  const { length } = topology.brokers;
  const says = `${length} ${length === 1 ? 'broker' : 'brokers'} and ${partitions} ${partitions === 1 ? 'partition' : 'partitions'} are active`;
  return { name: 'brokers', subject: 'zeebe', says };
}

function exporters(cluster: ClusterFacts): Right {
  const names = new Set(
    cluster.topology.brokers.flatMap(({ partitions }) =>
      partitions.flatMap(({ exporters }) => exporters.map(({ id }) => id)),
    ),
  );
  if (names.size === 0) return undefined;
  const lags = replicasOf(cluster).flatMap(({ role, processedPosition = -1, exportedPosition = -1 }) =>
    role === 'LEADER' && exportedPosition >= 0 ? [Math.max(0, processedPosition - exportedPosition)] : [],
  );
  const behind = lags.length === 0 ? '' : `, at most ${Math.max(...lags)} records behind`;
  return {
    name: 'exporters',
    subject: 'zeebe',
    says: `The exporters are enabled (${[...names].join(', ')})${behind}, and exporting is not paused`,
  };
}
