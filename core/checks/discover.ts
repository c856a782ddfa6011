import type { Discovered } from '../components/actuator.ts';
import { configuredIn } from '../components/locate.ts';
import { placeOf } from '../components/place.ts';
import { openSearch } from '../components/search/open-search.ts';
import type { Target } from '../components/target.ts';
import type { Order } from '../components/versions.ts';
import type { IdleExporter } from '../components/zeebe/exporters.ts';
import { type Replicas, unknownOf } from '../components/zeebe/exporting.ts';
import type { ExportingTarget } from '../components/zeebe/exporting-target.ts';
import { type BrokerView, type ClusterTopology, countPartitions } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { settingsOf } from '../connect/address.ts';
import type { Context } from '../context.ts';
import type { BackupError } from '../errors.ts';
import { discoverZeebe } from './discover-zeebe.ts';
import { factOf } from './fact.ts';
import type { Subject } from './finding.ts';
import { versionOf } from './version.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

export interface DiscoveredCluster {
  order: Order;
  exporting: ExportingTarget;
  /** The targets of all configured components, Zeebe first. */
  targets: Target[];
  /** The configured cluster. `brokers` has the brokers' own view. */
  topology: ClusterTopology;
  brokers: BrokerView[];
  replicas: Replicas;
  idleExporters: IdleExporter[];
  /** The endpoints and the version that Zeebe's management port reports. */
  discovered: Discovered;
}

/** A part of the cluster that could not be discovered, and the reason. */
export interface Problem {
  subject: Subject;
  error: BackupError;
}

export interface Discovery {
  /** The problems that make a plan impossible. */
  problems: Problem[];
  /** Undefined if there are such problems. */
  cluster: DiscoveredCluster | undefined;
  /** Undefined if there is no search engine or it did not answer. */
  searchVersion: string | undefined;
}

/** Finds out what a configured cluster consists of. It changes nothing and judges nothing; judge.ts judges. */
export async function discoverCluster(config: ClusterConfig, context: Needs): Promise<Discovery> {
  const problems: Problem[] = [];
  const collect = async <T>(subject: Subject, work: () => T | Promise<T>): Promise<T | undefined> => {
    const { known, unknown: error } = await factOf(work);
    if (error) problems.push({ subject, error });
    return known;
  };
  const others = configuredIn(config).filter(({ component }) => component !== 'zeebe');
  const [answers, zeebe, searchVersion] = await Promise.all([
    Promise.all(others.map(({ component, find }) => collect(component, () => find(context)))),
    collect('zeebe', () => discoverZeebe(config, context)),
    collect('search', () => versionOfSearch(config, context)),
  ]);
  if (!zeebe || problems.length > 0) return { problems, cluster: undefined, searchVersion };
  const found = answers.filter((one) => one !== undefined);
  const reports = [zeebe, ...found].flatMap(({ discovered }) => (discovered ? [{ discovered }] : []));
  const known = await collect('zeebe', () => versionOf(config, zeebe.discovered, reports));
  if (!known) return { problems, cluster: undefined, searchVersion };
  const { topology, brokers, replicas, idleExporters, discovered } = zeebe;
  const partitions = countPartitions(topology);
  const targets = await Promise.all([
    collect('zeebe', (): Target => {
      return { kind: 'zeebe', component: 'zeebe', ...placeOf(zeebe, config, known), partitions };
    }),
    ...found.map(({ component, locate }) => collect(component, () => locate({ ...known, searchVersion }))),
  ]);
  if (problems.length > 0) return { problems, cluster: undefined, searchVersion };
  const provable = unknownOf(replicas, partitions).length === 0;
  const cluster: DiscoveredCluster = {
    order: known.generation.order,
    exporting: exportingTargetOf(config, replicas, partitions, provable),
    targets: targets.filter((one) => one !== undefined),
    topology,
    brokers,
    replicas,
    idleExporters,
    discovered,
  };
  return { problems, cluster, searchVersion };
}

function exportingTargetOf(
  { zeebe, checks }: ClusterConfig,
  { together }: Replicas,
  partitions: number,
  provable: boolean,
): ExportingTarget {
  return {
    url: zeebe.url,
    ...settingsOf(zeebe),
    brokers: zeebe.brokers ?? [zeebe.url],
    ...(zeebe.rest && together ? { rest: zeebe.rest } : {}),
    partitions,
    provable,
    ...(checks.exporting === 'warn' ? { mayBePausedBefore: true } : {}),
  };
}

async function versionOfSearch({ search }: ClusterConfig, context: Needs): Promise<string | undefined> {
  if (!search) return undefined;
  await using engine = await openSearch(search, context);
  return await engine.version();
}
