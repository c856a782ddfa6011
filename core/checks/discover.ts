import type { Discovered } from '../components/actuator.ts';
import { type ApplicationTarget, applicationNames } from '../components/applications/target.ts';
import { titles } from '../components/kinds.ts';
import { type FoundComponent, findComponent, placeOf } from '../components/place.ts';
import { type RecordsTarget, recordsTargetOf } from '../components/records/target.ts';
import { openSearch } from '../components/search/open-search.ts';
import type { Order } from '../components/versions.ts';
import type { IdleExporter } from '../components/zeebe/exporters.ts';
import { type Replicas, unknownOf } from '../components/zeebe/exporting.ts';
import type { ExportingTarget } from '../components/zeebe/exporting-target.ts';
import type { ZeebeTarget } from '../components/zeebe/target.ts';
import { type BrokerView, type ClusterTopology, countPartitions } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { settingsOf } from '../connect/address.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { discoverZeebe } from './discover-zeebe.ts';
import { factOf } from './fact.ts';
import type { Subject } from './finding.ts';
import { type KnownVersion, versionOf } from './version.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

export interface DiscoveredCluster {
  order: Order;
  exporting: ExportingTarget;
  zeebe: ZeebeTarget;
  applications: ApplicationTarget[];
  records: RecordsTarget | undefined;
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
  const names = applicationNames.filter((name) => config[name]);
  const [zeebe, found, searchVersion] = await Promise.all([
    collect('zeebe', () => discoverZeebe(config, context)),
    Promise.all(
      names.map((name) => collect(name, () => findComponent({ name, title: titles[name] }, config, context))),
    ),
    collect('search', () => versionOfSearch(config, context)),
  ]);
  if (!zeebe || problems.length > 0) return { problems, cluster: undefined, searchVersion };
  const others = found.filter((one) => one !== undefined);
  const known = await collect('zeebe', () => versionOf(config, zeebe.discovered, [zeebe, ...others]));
  if (!known) return { problems, cluster: undefined, searchVersion };
  const place = await collect('zeebe', () => placeIn(zeebe, config, known));
  const applications = await Promise.all(
    others.map((one) =>
      collect(one.name, (): ApplicationTarget => {
        return { kind: 'application', component: one.name, ...placeIn(one, config, known) };
      }),
    ),
  );
  if (!place || problems.length > 0) return { problems, cluster: undefined, searchVersion };
  const { topology, brokers, replicas, idleExporters, discovered } = zeebe;
  const partitions = countPartitions(topology);
  const provable = unknownOf(replicas, partitions).length === 0;
  const cluster: DiscoveredCluster = {
    order: known.generation.order,
    exporting: exportingTargetOf(config, replicas, partitions, provable),
    zeebe: { kind: 'zeebe', component: 'zeebe', ...place, partitions },
    applications: applications.filter((one) => one !== undefined),
    records: recordsTargetOf(config, searchVersion),
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

/** Finds the endpoint of a component in this version. Throws ClusterNotReady if this version has no such component. */
function placeIn(found: FoundComponent, config: ClusterConfig, { version, generation, doubt }: KnownVersion) {
  const { name } = found;
  const endpoints = generation.endpoints[name] ?? [];
  if (endpoints.length > 0) return placeOf(found, endpoints, version);
  const isOfFile = config.version === version;
  const instead = name === 'webApplications' ? 'operate and tasklist' : 'webApplications';
  throw new BackupError('ClusterNotReady', `Camunda ${version} has no \`${name}\` to back up`, {
    remedy: doubt
      ? `${doubt} If \`version\` is right, configure ${instead} instead of ${name}.`
      : `Configure ${instead} instead of ${name}${isOfFile ? ', or correct `version`' : ''}.`,
  });
}

async function versionOfSearch({ search }: ClusterConfig, context: Needs): Promise<string | undefined> {
  if (!search) return undefined;
  await using engine = await openSearch(search, context);
  return await engine.version();
}
