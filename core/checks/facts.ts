import { camundaIndexPatterns } from '../components/search/camunda-indices.ts';
import type { SearchEngine } from '../components/search/engine.ts';
import { openSearch } from '../components/search/opened.ts';
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

/** What is known of a cluster before its backup: all that the checks go by. */
export interface Facts {
  config: ClusterConfig;
  ours: Ours;
  /** Why it is not known what the cluster is. */
  problems: Problem[];
  /** Undefined where there is such a problem. */
  cluster: ClusterFacts | undefined;
  /** Undefined where no search engine is configured, or it could not be asked at all. */
  search: SearchFacts | undefined;
}

/** What belongs to the run that looks: it may look once more when it has begun. */
export interface Ours {
  runId: string;
  /** The backups that this run makes, or has made in the try before. */
  ids: (number | undefined)[];
  /** This run may have paused exporting itself. */
  paused: boolean;
  /** The command that deletes what failed backups of this ledger have left. */
  deleteLeftovers: string;
  /** The command that ends a pause of exporting that nobody needs. */
  resume: string;
  /** Every id that the ledger of this cluster has. */
  ledgerIds: number[];
  /** The id that will be chosen where nobody has a higher one. */
  near: number;
}

export interface ClusterFacts extends DiscoveredCluster {
  lists: BackupList[];
  /** What the gateway sees of all brokers; undefined where no REST address is configured. */
  gateway: Fact<GatewayTopology> | undefined;
}

export interface SearchFacts extends RepositoryFacts {
  address: SearchConfig;
  /** The indices that a snapshot of the records takes; undefined where no records are backed up. */
  recordIndices: Fact<string[]> | undefined;
  /** Every index of Camunda that the engine has, as far as its name says so. */
  camundaIndices: Fact<string[]>;
}

interface RepositoryFacts {
  /** How it is registered; undefined inside where it is not. */
  repository: Fact<Repository | undefined>;
  /** That every node can write to it; undefined where it is not registered for that. */
  verified?: Fact<void>;
  /** The snapshots that are being deleted from it; undefined where not every node can write to it. */
  deletions?: Fact<string[]>;
}

type SearchConfig = NonNullable<ClusterConfig['search']>;

/** Asks a cluster for everything that the checks go by. Changes nothing, and judges nothing. */
export async function gatherFacts(config: ClusterConfig, ours: Ours, context: Needs): Promise<Facts> {
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
  ours: Ours,
  context: Needs,
): Promise<ClusterFacts> {
  const { zeebe, applications, records } = cluster;
  const targets = [zeebe, ...applications, ...(records ? [records] : [])];
  const [lists, gateway] = await Promise.all([
    Promise.all(targets.map((target) => listBackups(target, ours, context))),
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
    factOf(() => engine.indices(camundaIndexPatterns)),
  ]);
  return { address, ...repository, recordIndices, camundaIndices };
}

/** One question after the other: the next one makes sense only where the last one had a good answer. */
async function askForRepository(engine: SearchEngine, name: string): Promise<RepositoryFacts> {
  const repository = await factOf(() => engine.repository(name));
  if (!repository.known || repository.known.readonly) return { repository };
  const verified = await factOf(() => engine.verifyRepository(name));
  if (verified.unknown) return { repository, verified };
  return { repository, verified, deletions: await factOf(() => engine.deletionsInTheWay(name)) };
}
