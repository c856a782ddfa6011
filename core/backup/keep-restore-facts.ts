import type { Facts } from '../checks/facts.ts';
import type { RepositoryDefinition } from '../components/search/repository.ts';
import { type ClusterTopology, countPartitions } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { Finding } from '../ledger/finding.ts';
import type { RestoreFacts } from '../ledger/restore-facts.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/** A ledger that is slow to take or to say this is not waited for. */
const ledgerSeconds = 10;

/**
 * Writes down what was seen of a cluster before its backup, for whoever restores it. Nothing more is asked of the
 * cluster for it, and the backup goes on whatever comes of it.
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
    warn(`What was seen of ${run.cluster} could not be written down for a restore: ${describe(error)}`);
  }
}

function restoreFactsOf(run: Run, { config, cluster, search }: Facts, findings: Finding[]): RestoreFacts {
  return {
    format: 2,
    ...run,
    findings,
    ...(cluster ? { zeebe: zeebeOf(cluster.topology, cluster.zeebe.version, config.zeebe.store) } : {}),
    applications: (cluster?.applications ?? []).map(({ component, version }) => ({
      component,
      ...(version ? { version } : {}),
    })),
    ...(config.search ? { search: searchOf(config.search, search?.repository.known?.definition) } : {}),
    unknown: [],
  };
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

/** What a complete backup warns of where not all is written down that a restore needs; nothing where it is. */
export async function warnOfGaps({ cluster, backupId }: Run, context: Needs): Promise<string[]> {
  const { ledger, warn } = context;
  try {
    const facts = await within(ledgerSeconds, () => ledger.readRestoreFacts(cluster, backupId), context);
    return gapsIn(facts, ledger.restoreFactsLocation(cluster, backupId));
  } catch (error) {
    warn(`Whether all is written down that a restore needs is not known: ${describe(error)}`);
    return [];
  }
}

function gapsIn(facts: RestoreFacts | undefined, location: string): string[] {
  if (!facts?.search) return [];
  if (!facts.describedAt) {
    return [
      `What the snapshots of this backup hold, shard by shard, is not written down: the search engine was not asked in time. The backup can be restored; a restore proves less`,
    ];
  }
  if (facts.unknown.length === 0) return [];
  const gaps = facts.unknown.map(({ what, needs }) => (needs ? `${what} (that needs ${needs})` : what));
  return [
    `Not all is written down that a restore would compare with: ${gaps.join(', ')} could not be read (${location} says why). The backup can be restored; a restore proves less`,
  ];
}
