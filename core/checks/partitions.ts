import type { ReplicaView } from '../components/zeebe/topology.ts';
import { bringBack } from './brokers.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { type CheckFinding, wrong } from './finding.ts';

/** Checks that every partition is visible, has a leader, processes its records and is healthy. */
export function partitions({ cluster }: Facts): CheckFinding[] {
  if (!cluster) return [];
  return [leaderless, hidden, unprocessed, unhealthy].flatMap((look) => look(cluster));
}

/** Lists every replica that the brokers show. */
export function replicasOf({ brokers }: Pick<ClusterFacts, 'brokers'>): ReplicaView[] {
  return brokers.flatMap(({ replicas }) => replicas);
}

/** Reports a missing leader only if every replica is visible, because the leader may be the hidden replica. */
function leaderless(cluster: ClusterFacts): CheckFinding[] {
  const gateway = cluster.gateway?.known;
  const isLed = (replicas: { role: string | undefined }[]) =>
    replicas.some(({ role }) => role === undefined || role === 'LEADER');
  const byBrokers = partitionsOf(cluster).filter(
    ({ expected, seen }) => seen.length >= expected && !isLed(seen),
  );
  const byGateway = idsUpTo(gateway?.partitions ?? 0).filter(
    (id) => !isLed(gateway?.replicas.filter(({ partition }) => partition === id) ?? []),
  );
  return wrong('partitions', 'zeebe', {
    error: 'ServerTrouble',
    seen: [
      ...byBrokers.map(
        ({ id }) => `partition ${id} has no leader (GET /actuator/partitions of every broker)`,
      ),
      ...byGateway.map((id) => `partition ${id} has no leader (GET ${gateway?.url})`),
    ],
    remedy: bringBack,
  });
}

/** Reports brokers that show no partition or omit one that they should host. Such a broker is not working. */
function hidden(cluster: ClusterFacts): CheckFinding[] {
  const { topology, brokers } = cluster;
  const empty = brokers.filter(({ replicas, error }) => !error && replicas.length === 0);
  const mayBeEmpty = topology.brokers.filter(({ partitions }) => partitions.length === 0);
  return wrong('partitions', 'zeebe', {
    error: 'Unreachable',
    seen: [
      ...(empty.length > mayBeEmpty.length
        ? empty.map(({ broker }) => `${broker} shows no partition at all`)
        : []),
      ...partitionsOf(cluster)
        .filter(({ expected, seen }) => seen.length < expected)
        .map(
          ({ id, expected, seen }) => `${seen.length} of ${expected} replicas of partition ${id} are shown`,
        ),
    ],
    remedy:
      'Wait until every broker shows its partitions in GET /actuator/partitions. If one does not, its log says why. Then start again.',
  });
}

function unprocessed(cluster: ClusterFacts): CheckFinding[] {
  return wrong('partitions', 'zeebe', {
    error: 'ClusterNotReady',
    seen: replicasOf(cluster)
      .filter(
        ({ role, processorPhase = '' }) => role === 'LEADER' && /^(FAILED|PAUSED)$/.test(processorPhase),
      )
      .map(
        ({ partition, processorPhase, broker }) =>
          `the stream processor of partition ${partition} is ${processorPhase} (${broker})`,
      ),
    remedy:
      'FAILED: see the log of that broker. PAUSED: find out who paused the processing. Start again when the partition is PROCESSING.',
  });
}

/** Brokers show their health from 8.7 on; the gateway shows it in every version. */
function unhealthy(cluster: ClusterFacts): CheckFinding[] {
  const gateway = cluster.gateway?.known;
  const known = (gateway?.replicas ?? []).map((one) => ({ ...one, broker: gateway?.url }));
  return wrong('partitions', 'zeebe', {
    error: 'ServerTrouble',
    seen: [...replicasOf(cluster), ...known]
      .filter(({ health }) => health !== undefined && health !== 'HEALTHY')
      .map(
        ({ partition, role, health, broker }) =>
          `partition ${partition} (${(role ?? 'role unknown').toLowerCase()}) is ${health} (${broker})`,
      ),
    remedy: 'See the log of that broker; start again when the partition is healthy.',
  });
}

/** Lists every partition with its replicas. The list is empty if a broker did not answer. */
function partitionsOf(cluster: ClusterFacts): { id: number; expected: number; seen: ReplicaView[] }[] {
  const { topology, brokers, exporting } = cluster;
  if (brokers.filter(({ error }) => !error).length < topology.brokers.length) return [];
  return idsUpTo(exporting.partitions).map((id) => ({
    id,
    expected: topology.brokers.filter(({ partitions }) => partitions.some((one) => one.id === id)).length,
    seen: replicasOf(cluster).filter(({ partition }) => partition === id),
  }));
}

const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
