import { camundaIndexPatterns } from '../components/search/camunda-indices.ts';
import type { SearchEngine } from '../components/search/engine.ts';
import { openSearch } from '../components/search/open-search.ts';
import type { Repository } from '../components/search/repository.ts';
import { sharedSearch } from '../components/search/shared.ts';
import { type GatewayTopology, readGatewayTopology } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { restApi } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { type DiscoveredCluster, discoverCluster, type Problem } from './discover.ts';
import { type Fact, factOf } from './fact.ts';
import { type BackupList, listBackups } from './lists.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** The facts about a cluster before its backup. The checks use nothing else. */
export interface Facts {
  config: ClusterConfig;
  ours: OwnRun;
  /** The reasons why the cluster could not be discovered. */
  problems: Problem[];
  /** Undefined if there are such problems. */
  cluster: ClusterFacts | undefined;
  /** Undefined if no search engine is configured or it did not answer. */
  search: SearchFacts | undefined;
}

/** The facts about the run that checks the cluster. A run may check again when it has already begun. */
export interface OwnRun {
  runId: string;
  /** The ids of this run's backup and of its earlier try. */
  ids: (number | undefined)[];
  /** This run may have paused exporting itself. */
  paused: boolean;
  /** The command that deletes the leftovers of this ledger's failed backups. */
  deleteLeftovers: string;
  /** The command that ends an unneeded pause of exporting. */
  resume: string;
  /** Every id in the ledger of this cluster. */
  ledgerIds: number[];
  /** The id that will be chosen unless a component has a higher one. */
  near: number;
}

export interface ClusterFacts extends DiscoveredCluster {
  lists: BackupList[];
  /** The gateway's view of all brokers; undefined if no REST address is configured. */
  gateway: Fact<GatewayTopology> | undefined;
}

export interface SearchFacts extends RepositoryFacts {
  address: SearchConfig;
  /** The indices that a snapshot of the records contains; undefined if no records are backed up. */
  recordIndices: Fact<string[]> | undefined;
  /** Every index that may be Camunda's by its name. */
  camundaIndices: Fact<string[]>;
}

interface RepositoryFacts {
  /** The registration of the repository; `known` is undefined if it is not registered. */
  repository: Fact<Repository | undefined>;
  /** Whether every node can write to it; undefined if the repository is missing or read-only. */
  verified?: Fact<void>;
  /** The snapshots that are being deleted from it; undefined if not every node can write to it. */
  deletions?: Fact<string[]>;
}

type SearchConfig = NonNullable<ClusterConfig['search']>;

/** Asks a cluster for all facts that the checks use. It changes nothing and judges nothing. */
export async function gatherFacts(config: ClusterConfig, ours: OwnRun, context: Needs): Promise<Facts> {
  await using shared = sharedSearch(context);
  const asking = { ...context, search: shared.search };
  const { problems, cluster, searchVersion } = await discoverCluster(config, asking);
  const [known, search] = await Promise.all([
    cluster && factsOfCluster(config, cluster, ours, asking),
    searchVersion === undefined ? undefined : askSearch(config, asking),
  ]);
  return { config, ours, problems, cluster: known, search };
}

async function factsOfCluster(
  { zeebe: { rest } }: ClusterConfig,
  cluster: DiscoveredCluster,
  ours: OwnRun,
  context: Needs,
): Promise<ClusterFacts> {
  const [lists, gateway] = await Promise.all([
    Promise.all(cluster.targets.map((target) => listBackups(target, ours, context))),
    rest && factOf(() => readGatewayTopology(restApi(rest, context.http, context.secrets))),
  ]);
  return { ...cluster, lists, gateway };
}

async function askSearch(
  { search: address, records }: ClusterConfig,
  context: Needs,
): Promise<SearchFacts | undefined> {
  if (!address) return undefined;
  await using engine = await openSearch(address, context);
  const [repository, recordIndices, camundaIndices] = await Promise.all([
    askForRepository(engine, address.repository),
    records && factOf(() => engine.indices(`${records.indexPrefix}*`)),
    factOf(() => engine.indices(camundaIndexPatterns.join(','))),
  ]);
  return { address, ...repository, recordIndices, camundaIndices };
}

/** Asks one question after another, because each one makes sense only after a good answer to the one before. */
async function askForRepository(engine: SearchEngine, name: string): Promise<RepositoryFacts> {
  const repository = await factOf(() => engine.repository(name));
  if (!repository.known || repository.known.readonly) return { repository };
  const verified = await factOf(() => engine.verifyRepository(name));
  if (verified.unknown) return { repository, verified };
  return { repository, verified, deletions: await factOf(() => engine.deletionsInTheWay(name)) };
}
