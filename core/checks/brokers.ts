import type { Facts } from './facts.ts';
import { type CheckFinding, failed, wrong } from './finding.ts';

/** Checks that every broker is there and active, and that none is being added or removed. */
export function brokers(facts: Facts): CheckFinding[] {
  return [pendingChange, inactive, silentBrokers, missingBrokers].flatMap((look) => look(facts));
}

function pendingChange({ config, cluster }: Facts): CheckFinding[] {
  const change = cluster?.topology.pendingChange;
  return wrong('brokers', 'zeebe', {
    error: 'ClusterNotReady',
    seen:
      change === undefined
        ? []
        : [`Zeebe at ${config.zeebe.url} is changing its cluster: ${change} (GET /actuator/cluster)`],
    remedy:
      'Wait until GET /actuator/cluster shows no pendingChange (brokers or partitions are being added or removed, or an exporter is being switched), then start again.',
  });
}

function inactive({ config, cluster }: Facts): CheckFinding[] {
  const isInactive = ({ state }: { state: string | undefined }) => state !== undefined && state !== 'ACTIVE';
  const found = (cluster?.topology.brokers ?? []).flatMap((broker) => [
    ...(isInactive(broker) ? [`broker ${broker.id} is ${broker.state}`] : []),
    ...broker.partitions
      .filter(isInactive)
      .map(({ id, state }) => `partition ${id} on broker ${broker.id} is ${state}`),
  ]);
  return wrong('brokers', 'zeebe', {
    error: 'ClusterNotReady',
    seen: found.length === 0 ? [] : [`${found.join(', ')} (GET ${config.zeebe.url}/actuator/cluster)`],
    remedy: 'Wait until every broker and partition is ACTIVE in GET /actuator/cluster, then start again.',
  });
}

/** Only the brokers themselves show that they are alive, because the cluster's own list keeps a dead one as ACTIVE. */
function silentBrokers({ config, cluster }: Facts): CheckFinding[] {
  if (!config.zeebe.brokers || !cluster) return [];
  return cluster.brokers.flatMap(({ error }) => (error ? [failed('brokers', 'zeebe', error)] : []));
}

/** The gateway knows which brokers are missing. It can be asked only if the REST API is configured. */
function missingBrokers({ cluster }: Facts): CheckFinding[] {
  const gateway = cluster?.gateway;
  if (!gateway) return [];
  if (gateway.unknown) return [failed('brokers', 'zeebe', gateway.unknown)];
  const { brokers, clusterSize, url } = gateway.known;
  return wrong('brokers', 'zeebe', {
    error: 'ServerTrouble',
    seen: brokers >= clusterSize ? [] : [`only ${brokers} of ${clusterSize} brokers are there (GET ${url})`],
    remedy: bringBack,
  });
}

export const bringBack = 'Bring the missing brokers back and wait for the elections, then start again.';
