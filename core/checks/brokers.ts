import type { ReplicaView } from '../components/zeebe/topology.ts';
import { BackupError, type ErrorName } from '../errors.ts';
import type { Facts } from './checks.ts';

/** What can be wrong with brokers and partitions; each with all that was seen of it, or nothing. */

export function pendingChange({ config, cluster }: Facts): BackupError[] {
  const { pendingChange } = cluster.topology;
  return problem(
    'ClusterNotReady',
    pendingChange === undefined
      ? []
      : [`Zeebe at ${config.zeebe.url} is changing its cluster: ${pendingChange} (GET /actuator/cluster)`],
    'Wait until GET /actuator/cluster shows no pendingChange (brokers or partitions that come or go, an exporter that is switched), then start again.',
  );
}

export function inactive({ config, cluster }: Facts): BackupError[] {
  const isInactive = ({ state }: { state: string | undefined }) => state !== undefined && state !== 'ACTIVE';
  const found = cluster.topology.brokers.flatMap((broker) => [
    ...(isInactive(broker) ? [`broker ${broker.id} is ${broker.state}`] : []),
    ...broker.partitions
      .filter(isInactive)
      .map(({ id, state }) => `partition ${id} on broker ${broker.id} is ${state}`),
  ]);
  return problem(
    'ClusterNotReady',
    found.length === 0 ? [] : [`${found.join(', ')} (GET ${config.zeebe.url}/actuator/cluster)`],
    'Wait until every broker and partition is ACTIVE in GET /actuator/cluster, then start again.',
  );
}

/** A dead broker is still ACTIVE in the cluster's own list: only the brokers themselves tell. */
export function silentBrokers({ config, cluster }: Facts): BackupError[] {
  if (!config.zeebe.brokers) return [];
  return cluster.brokers.flatMap(({ error }) => error ?? []);
}

/** Known where the REST API is configured. */
export function missingBrokers({ gateway, gatewayError }: Facts): BackupError[] {
  if (gatewayError) return [gatewayError];
  if (!gateway) return [];
  const { brokers, clusterSize, url } = gateway;
  return problem(
    'ServerTrouble',
    brokers >= clusterSize ? [] : [`only ${brokers} of ${clusterSize} brokers are there (GET ${url})`],
    bringBack,
  );
}

/** Judged only where every replica is seen: the leader may be the one that is not. */
export function leaderless(facts: Facts): BackupError[] {
  const { gateway } = facts;
  const isLed = (replicas: { role: string | undefined }[]) =>
    replicas.some(({ role }) => role === undefined || role === 'LEADER');
  const byBrokers = partitionsOf(facts).filter(
    ({ expected, seen }) => seen.length >= expected && !isLed(seen),
  );
  const byGateway = idsUpTo(gateway?.partitions ?? 0).filter(
    (id) => !isLed(gateway?.replicas.filter(({ partition }) => partition === id) ?? []),
  );
  return problem(
    'ServerTrouble',
    [
      ...byBrokers.map(
        ({ id }) => `partition ${id} has no leader (GET /actuator/partitions of every broker)`,
      ),
      ...byGateway.map((id) => `partition ${id} has no leader (GET ${gateway?.url})`),
    ],
    bringBack,
  );
}

/** A broker that answers with nothing, or leaves a partition out, is not at work: what is not shown is not known. */
export function unseen(facts: Facts): BackupError[] {
  const { topology, brokers } = facts.cluster;
  const empty = brokers.filter(({ replicas, error }) => !error && replicas.length === 0);
  const mayBeEmpty = topology.brokers.filter(({ partitions }) => partitions.length === 0);
  return problem(
    'Unreachable',
    [
      ...(empty.length > mayBeEmpty.length
        ? empty.map(({ broker }) => `${broker} shows no partition at all`)
        : []),
      ...partitionsOf(facts)
        .filter(({ expected, seen }) => seen.length < expected)
        .map(
          ({ id, expected, seen }) => `${seen.length} of ${expected} replicas of partition ${id} are shown`,
        ),
    ],
    'Wait until every broker shows its partitions in GET /actuator/partitions; its log says why it does not. Then start again.',
  );
}

export function unprocessed(facts: Facts): BackupError[] {
  return problem(
    'ClusterNotReady',
    replicasOf(facts)
      .filter(
        ({ role, processorPhase = '' }) => role === 'LEADER' && /^(FAILED|PAUSED)$/.test(processorPhase),
      )
      .map(
        ({ partition, processorPhase, broker }) =>
          `the stream processor of partition ${partition} is ${processorPhase} (${broker})`,
      ),
    'FAILED: see the log of that broker. PAUSED: find out who paused the processing. Start again when the partition is PROCESSING.',
  );
}

/** Brokers say so from 8.7 on, the gateway always. */
export function unhealthy(facts: Facts): BackupError[] {
  const { gateway } = facts;
  const known = (gateway?.replicas ?? []).map((one) => ({ ...one, broker: gateway?.url }));
  return problem(
    'ServerTrouble',
    [...replicasOf(facts), ...known]
      .filter(({ health }) => health !== undefined && health !== 'HEALTHY')
      .map(
        ({ partition, role, health, broker }) =>
          `partition ${partition} (${(role ?? 'role unknown').toLowerCase()}) is ${health} (${broker})`,
      ),
    'See the log of that broker; start again when the partition is healthy.',
  );
}

/** Only leaders export. Without an exporter, and before its first record, the position is -1: then nothing is known. */
export function lagging(facts: Facts): BackupError[] {
  const { maxExporterLag } = facts.config;
  return problem(
    'ClusterNotReady',
    replicasOf(facts).flatMap(
      ({ role, partition, broker, processedPosition = -1, exportedPosition = -1 }) => {
        if (role !== 'LEADER' || processedPosition < 0 || exportedPosition < 0) return [];
        const lag = processedPosition - exportedPosition;
        return lag > maxExporterLag
          ? [
              `the exporters of partition ${partition} are ${lag} records behind (${broker}: processed ${processedPosition}, exported ${exportedPosition}); ${maxExporterLag} are allowed`,
            ]
          : [];
      },
    ),
    'See whether the search engine takes the records, and wait until the exporters have caught up; raise `maxExporterLag` if this lag is usual.',
  );
}

const bringBack = 'Bring the missing brokers back and wait for the elections, then start again.';

function problem(name: ErrorName, seen: string[], remedy: string): BackupError[] {
  return seen.length === 0 ? [] : [new BackupError(name, seen.join(', '), { remedy })];
}

function replicasOf({ cluster }: Facts): ReplicaView[] {
  return cluster.brokers.flatMap(({ replicas }) => replicas);
}

/** Every partition with its replicas, where each broker has shown its own; none where one has not. */
function partitionsOf(facts: Facts): { id: number; expected: number; seen: ReplicaView[] }[] {
  const { topology, brokers, exporting } = facts.cluster;
  if (brokers.filter(({ error }) => !error).length < topology.brokers.length) return [];
  return idsUpTo(exporting.partitions).map((id) => ({
    id,
    expected: topology.brokers.filter(({ partitions }) => partitions.some((one) => one.id === id)).length,
    seen: replicasOf(facts).filter(({ partition }) => partition === id),
  }));
}

const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
