import type { Facts } from '../checks/facts.ts';
import { policyOf } from '../components/kinds.ts';
import type { RepositoryDefinition } from '../components/search/repository.ts';
import type { Target } from '../components/target.ts';
import { type ClusterTopology, countPartitions } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { Finding } from '../ledger/finding.ts';
import type { RestoreFacts } from '../ledger/restore-facts.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/** The longest wait for the ledger, so that a slow one does not delay the backup. */
const ledgerSeconds = 10;

/**
 * Records the facts about a cluster that a restore needs and that the checks have already gathered. It asks the cluster
 * nothing more, and an error does not stop the backup.
 */
export async function keepFacts(run: Run, facts: Facts, findings: Finding[], context: Needs): Promise<void> {
  const { ledger, warn } = context;
  try {
    await within(
      ledgerSeconds,
      () => ledger.createRestoreFacts(restoreFactsOf(run, facts, findings)),
      context,
    );
  } catch (error) {
    warn(`The facts about ${run.cluster} that a restore needs could not be recorded: ${describe(error)}`);
  }
}

function restoreFactsOf(run: Run, { config, cluster, search }: Facts, findings: Finding[]): RestoreFacts {
  return {
    format: 2,
    ...run,
    findings,
    ...(cluster ? { zeebe: zeebeOf(cluster.topology, cluster.discovered.version, config.zeebe.store) } : {}),
    applications: (cluster?.targets ?? []).filter(isOnItsOwn).map(({ component, version }) => ({
      component,
      ...(version ? { version } : {}),
    })),
    ...(config.search ? { search: searchOf(config.search, search?.repository.known?.definition) } : {}),
    unknown: [],
  };
}

/** True for an application. The facts describe the brokers and the search engine in other fields. */
function isOnItsOwn(target: Target): boolean {
  return target.kind !== 'zeebe' && !policyOf(target).isInTheSearchEngine;
}

function zeebeOf(
  topology: ClusterTopology,
  version: string | undefined,
  store: ClusterConfig['zeebe']['store'],
): RestoreFacts['zeebe'] {
  const { brokers, tenants } = topology;
  const [tenant] = tenants;
  const replicas = new Map<number, number>();
  for (const { id } of brokers.flatMap(({ partitions }) => partitions)) {
    replicas.set(id, (replicas.get(id) ?? 0) + 1);
  }
  const [replicationFactor, ...others] = new Set(replicas.values());
  return {
    ...(version ? { version } : {}),
    partitions: countPartitions(topology),
    clusterSize: brokers.length,
    ...(replicationFactor !== undefined && others.length === 0 ? { replicationFactor } : {}),
    brokerIds: brokers.map(({ id }) => id),
    ...(tenant ? { tenant } : {}),
    ...(store ? { store } : {}),
  };
}

function searchOf(
  { engine, repository }: NonNullable<ClusterConfig['search']>,
  definition: RepositoryDefinition | undefined,
): RestoreFacts['search'] {
  return { engine, repository: { name: repository, ...definition } };
}

/** The warnings of a complete backup for which some facts that a restore needs are not recorded, or may not be. */
export async function warnOfGaps(
  { cluster, backupId }: Run,
  context: Pick<Needs, 'ledger' | 'clock'>,
): Promise<string[]> {
  const { ledger } = context;
  try {
    const facts = await within(ledgerSeconds, () => ledger.readRestoreFacts(cluster, backupId), context);
    return gapsIn(facts, ledger.restoreFactsLocation(cluster, backupId)).map(proveLess);
  } catch (error) {
    return [
      proveLess(
        `It is not known whether all facts that a restore needs are recorded, because they could not be read (${describe(error)})`,
      ),
    ];
  }
}

const proveLess = (says: string) => `${says}. The backup can be restored, but a restore can prove less`;

function gapsIn(facts: RestoreFacts | undefined, location: string): string[] {
  if (!facts) return [`The facts that a restore needs are not recorded: there is no ${location}`];
  if (facts.search && !facts.describedAt) {
    return [
      `The contents of this backup's snapshots are not recorded shard by shard, because they could not be described`,
    ];
  }
  if (facts.unknown.length === 0) return [];
  const gaps = facts.unknown.map(({ what, needs }) => (needs ? `${what} (that needs ${needs})` : what));
  return [
    `Some facts that a restore would compare with are not recorded: ${gaps.join(', ')} could not be read (${location} says why)`,
  ];
}
