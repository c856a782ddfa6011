import type { Discovered } from '../components/actuator.ts';
import { titles } from '../components/component.ts';
import { withSearch } from '../components/search/with-search.ts';
import type { CamundaTarget, ExportingTarget, RecordsTarget } from '../components/target.ts';
import type { Order } from '../components/versions.ts';
import type { IdleExporter } from '../components/zeebe/exporters.ts';
import { type Replicas, unknownOf } from '../components/zeebe/exporting.ts';
import { type BrokerView, type ClusterTopology, countPartitions } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { discoverOne, discoverZeebe, type Found, type FoundZeebe } from './discover-zeebe.ts';
import { contradiction, versionOf } from './version.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

export interface DiscoveredCluster {
  order: Order;
  exporting: ExportingTarget;
  zeebe: CamundaTarget;
  applications: CamundaTarget[];
  records: RecordsTarget | undefined;
  /** The cluster as it is configured, and as its brokers see it. */
  topology: ClusterTopology;
  brokers: BrokerView[];
  replicas: Replicas;
  idleExporters: IdleExporter[];
  /** From 8.8 on Zeebe's address serves the web applications' backups too. */
  servesApplications: boolean;
  warnings: string[];
}

export interface Discovery {
  /** What makes a plan impossible. */
  problems: unknown[];
  /** Undefined where something does. */
  cluster: DiscoveredCluster | undefined;
  /** Undefined where there is no search engine, or it could not be asked. */
  searchVersion: string | undefined;
}

const applicationNames = ['webApplications', 'operate', 'tasklist', 'optimize'] as const;

/** Finds out what a configured cluster is. Nothing is changed, and nothing is judged: judge.ts does that. */
export async function discoverCluster(config: ClusterConfig, context: Needs): Promise<Discovery> {
  const problems: unknown[] = [];
  const collect = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      problems.push(error);
      return undefined;
    }
  };
  const names = applicationNames.filter((name) => config[name]);
  const [zeebe, found, searchVersion] = await Promise.all([
    collect(discoverZeebe(config, context)),
    Promise.all(names.map((name) => collect(discoverOne(name, config, context)))),
    collect(versionOfSearch(config, context)),
  ]);
  const applications = found.flatMap((one) => one ?? []);
  const cluster =
    zeebe && problems.length === 0
      ? await collect(clusterOf(config, zeebe, applications, searchVersion))
      : undefined;
  return { problems, cluster, searchVersion };
}

/** Throws ClusterNotReady where there is nothing that could be backed up so. */
async function clusterOf(
  config: ClusterConfig,
  zeebe: FoundZeebe,
  applications: Found[],
  searchVersion: string | undefined,
): Promise<DiscoveredCluster> {
  const { topology, brokers, replicas } = zeebe;
  const partitions = countPartitions(topology);
  const all = [zeebe, ...applications];
  const known = versionOf(config, zeebe.discovered, all);
  const { generation } = known;
  const problems: unknown[] = [];
  const targets = all.flatMap((one) => {
    try {
      return [{ ...targetOf(one, config, known), name: one.name }];
    } catch (error) {
      problems.push(error);
      return [];
    }
  });
  throwAll(problems);
  const [zeebeTarget, ...others] = targets.map(({ name, ...target }) => ({ ...target, component: name }));
  if (!zeebeTarget) throw new BackupError('ClusterNotReady', 'Zeebe could not be asked');
  const provable = unknownOf(replicas, partitions).length === 0;
  return {
    order: generation.order,
    exporting: exportingOf(config, replicas, partitions, provable),
    zeebe: { ...zeebeTarget, partitions },
    applications: others,
    records: recordsOf(config, searchVersion),
    topology,
    brokers,
    replicas,
    idleExporters: zeebe.idleExporters,
    servesApplications: zeebe.discovered.endpoints.has('backupHistory'),
    warnings: warningsOf(config, zeebe.discovered, provable),
  };
}

/** What may pass: these names are repeated by the state machine. */
const passing = ['Unreachable', 'ServerTrouble', 'LedgerError', 'ComponentBusy'] as const;

/**
 * One problem as it is; several as one error that lists them. Its name decides whether it is repeated: only where all
 * of them may pass, it is.
 */
export function throwAll(problems: unknown[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1) throw first;
  const strange = problems.find((problem) => !isBackupError(problem));
  if (strange) throw strange;
  const errors = problems.filter((problem) => isBackupError(problem));
  const [head, ...others] = errors.map(({ message, remedy }) => `${message}${remedy ? ` (${remedy})` : ''}`);
  const isBusy = errors.some((error) => isBackupError(error, 'ComponentBusy'));
  const passes = errors.every((error) => isBackupError(error, ...passing));
  const name = !passes ? 'ClusterNotReady' : isBusy ? 'ComponentBusy' : 'Unreachable';
  // Where only the first line is shown, it says something by itself.
  const lines = [
    `The cluster cannot be backed up now: ${errors.length} problems, the first: ${head}`,
    ...others.map((other) => `  - ${other}`),
  ];
  throw new BackupError(name, lines.join('\n'));
}

function exportingOf(
  { zeebe, checks }: ClusterConfig,
  { together }: Replicas,
  partitions: number,
  provable: boolean,
): ExportingTarget {
  return {
    url: zeebe.url,
    ...(zeebe.auth ? { auth: zeebe.auth } : {}),
    brokers: zeebe.brokers ?? [zeebe.url],
    ...(zeebe.rest && together ? { rest: zeebe.rest } : {}),
    partitions,
    provable,
    ...(checks.exporting === 'warn' ? { mayBePausedBefore: true } : {}),
  };
}

function targetOf(
  { name, discovered }: Found,
  config: ClusterConfig,
  { version, generation, doubt }: ReturnType<typeof versionOf>,
) {
  const address = config[name];
  const endpoints = generation.endpoints[name] ?? [];
  const [fallback] = endpoints;
  const path =
    discovered.endpoints.size === 0 ? fallback : endpoints.find((path) => discovered.endpoints.has(path));
  if (address && path) {
    // What the file says, or the endpoints let guess, is good for the order of the procedure, and is not written down as known.
    const { version: own } = discovered;
    return {
      url: address.url,
      ...(address.auth ? { auth: address.auth } : {}),
      path,
      ...(own ? { version: own } : {}),
    };
  }
  if (endpoints.length === 0) {
    const isOfFile = config.version === version;
    const instead = name === 'webApplications' ? 'operate and tasklist' : 'webApplications';
    throw new BackupError('ClusterNotReady', `Camunda ${version} has no \`${name}\` to back up`, {
      remedy: doubt
        ? `${doubt} If \`version\` is right, configure ${instead} instead of ${name}.`
        : `Configure ${instead} instead of ${name}${isOfFile ? ', or correct `version`' : ''}.`,
    });
  }
  throw new BackupError(
    'ClusterNotReady',
    `${titles[name]} at ${address?.url} has no backup endpoint (looked for ${endpoints.join(', ')}; Camunda ${version})`,
    {
      remedy: `Check that the url is the one of ${titles[name]} and that the endpoint is enabled. Operate and Tasklist 8.6 serve it only with the Spring profile \`standalone\`.`,
    },
  );
}

async function versionOfSearch({ search }: ClusterConfig, context: Needs): Promise<string | undefined> {
  if (!search) return undefined;
  return withSearch(search, context, (engine) => engine.version());
}

function recordsOf(
  { search, records }: ClusterConfig,
  version: string | undefined,
): RecordsTarget | undefined {
  if (!search || !records) return undefined;
  return {
    component: 'records',
    ...search,
    ...(version ? { version } : {}),
    indexPattern: `${records.indexPrefix}*`,
  };
}

function warningsOf({ zeebe, version: configured }: ClusterConfig, said: Discovered, provable: boolean) {
  const warnings = contradiction(zeebe.url, configured, said);
  if (!provable) {
    warnings.push(
      `Whether exporting is paused or resumed cannot be read back of every partition at ${(zeebe.brokers ?? [zeebe.url]).join(', ')}: configure all brokers in zeebe.brokers`,
    );
  }
  return warnings;
}
