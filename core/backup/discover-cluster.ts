import type { ComponentName } from '../camunda/component.ts';
import { titles } from '../camunda/component.ts';
import { countPartitions, type Discovered, discover } from '../camunda/discovery.ts';
import { readReplicas, unknownOf } from '../camunda/exporting.ts';
import { management } from '../camunda/management.ts';
import { generationOf, generations, type Order } from '../camunda/versions.ts';
import type { ClusterConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { CamundaTarget, ExportingTarget, RecordsTarget } from '../plan.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search'>;
type Camunda = Exclude<ComponentName, 'records'>;

export interface DiscoveredCluster {
  order: Order;
  exporting: ExportingTarget;
  zeebe: CamundaTarget;
  applications: CamundaTarget[];
  records: RecordsTarget | undefined;
  warnings: string[];
}

const applicationNames = ['webApplications', 'operate', 'tasklist', 'optimize'] as const;

/**
 * Finds out what a configured cluster is and whether it can be backed up: nothing is changed. All that is wrong
 * is said at once. Throws ClusterNotReady; a single problem keeps its own name, so that it can be retried.
 */
export async function discoverCluster(config: ClusterConfig, context: Needs): Promise<DiscoveredCluster> {
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
  const [zeebe, found, records] = await Promise.all([
    collect(discoverZeebe(config, context)),
    Promise.all(names.map((name) => collect(discoverOne(name, config, context)))),
    collect(discoverRecords(config, context)),
  ]);
  throwAll(problems);
  if (!zeebe) throw new BackupError('ClusterNotReady', 'Zeebe could not be asked');
  const { partitions, provable } = zeebe;
  const all = [zeebe, ...found];

  const version = config.version ?? zeebe.discovered.version ?? versionFromEndpoints(all);
  const generation = generationOf(version);
  if (!generation) {
    throw new BackupError(
      'ClusterNotReady',
      `Zeebe at ${config.zeebe.url} is Camunda ${version}; 8.5 and later can be backed up`,
    );
  }
  const targets = all.flatMap((one) => {
    if (!one) return [];
    try {
      return [{ ...targetOf(one, config, generation.endpoints[one.name] ?? [], version), name: one.name }];
    } catch (error) {
      problems.push(error);
      return [];
    }
  });
  throwAll(problems);
  const [zeebeTarget, ...applications] = targets.map(({ name, ...target }) => ({
    ...target,
    component: name,
  }));
  if (!zeebeTarget) throw new BackupError('ClusterNotReady', 'Zeebe could not be asked');
  return {
    order: generation.order,
    exporting: {
      url: config.zeebe.url,
      ...(config.zeebe.auth ? { auth: config.zeebe.auth } : {}),
      brokers: config.zeebe.brokers ?? [config.zeebe.url],
      partitions,
      provable,
    },
    zeebe: { ...zeebeTarget, partitions },
    applications,
    records,
    warnings: warningsOf(config, generation.order, zeebe),
  };
}

/** What may pass: these names are repeated by the state machine. */
const passing = ['Unreachable', 'ServerTrouble', 'LedgerError'] as const;

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
  const lines = errors.map(({ message, remedy }) => `  - ${message}${remedy ? ` (${remedy})` : ''}`);
  const name = errors.every((error) => isBackupError(error, ...passing)) ? 'Unreachable' : 'ClusterNotReady';
  throw new BackupError(name, `The cluster cannot be backed up now:\n${lines.join('\n')}`);
}

interface Found {
  name: Camunda;
  discovered: Discovered;
}

async function discoverOne(name: Camunda, config: ClusterConfig, { http, secrets }: Needs): Promise<Found> {
  const address = config[name];
  if (!address) throw new BackupError('ConfigurationError', `${name} is not configured`);
  const server = management(titles[name], address, http, secrets);
  try {
    return { name, discovered: await discover(server) };
  } catch (error) {
    // A version set by hand is for management ports that do not show their index page.
    if (config.version && isBackupError(error, 'RequestRefused') && error.status === 404) {
      return { name, discovered: { endpoints: new Set(), version: undefined } };
    }
    throw error;
  }
}

async function discoverZeebe(
  config: ClusterConfig,
  context: Needs,
): Promise<Found & { partitions: number; provable: boolean }> {
  const found = await discoverOne('zeebe', config, context);
  const { http, secrets } = context;
  const { zeebe } = config;
  const partitions = await countPartitions(management('Zeebe', zeebe, http, secrets));
  if (partitions === 0) {
    throw new BackupError('ClusterNotReady', `Zeebe at ${zeebe.url} names no partition in its topology`, {
      remedy: 'Wait until the brokers have formed a cluster.',
    });
  }
  const brokers = (zeebe.brokers ?? [zeebe.url]).map((url) =>
    management('Zeebe', { url, auth: zeebe.auth }, http, secrets),
  );
  return { ...found, partitions, provable: unknownOf(await readReplicas(brokers), partitions).length === 0 };
}

function versionFromEndpoints(found: (Found | undefined)[]): string {
  const newer = found.some(
    (one) => one?.discovered.endpoints.has('backupHistory') || one?.discovered.endpoints.has('backupRuntime'),
  );
  return newer ? generations[0].since : '8.7';
}

function targetOf({ name, discovered }: Found, config: ClusterConfig, endpoints: string[], version: string) {
  const address = config[name];
  const [fallback] = endpoints;
  const path =
    discovered.endpoints.size === 0 ? fallback : endpoints.find((path) => discovered.endpoints.has(path));
  if (address && path) {
    const own = discovered.version ?? (name === 'zeebe' ? version : undefined);
    return {
      url: address.url,
      ...(address.auth ? { auth: address.auth } : {}),
      path,
      ...(own ? { version: own } : {}),
    };
  }
  if (endpoints.length === 0) {
    const instead = name === 'webApplications' ? 'operate and tasklist' : 'webApplications';
    throw new BackupError('ClusterNotReady', `Camunda ${version} has no \`${name}\` to back up`, {
      remedy: `Configure ${instead} instead of ${name}, or correct \`version\`.`,
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

async function discoverRecords(config: ClusterConfig, { search }: Needs): Promise<RecordsTarget | undefined> {
  const { search: address, records } = config;
  if (!address) return undefined;
  const engine = await search(address);
  try {
    const version = await engine.version();
    if (!(await engine.hasRepository(address.repository))) {
      throw new BackupError(
        'ClusterNotReady',
        `The snapshot repository ${address.repository} is not registered at ${address.url}`,
        {
          remedy:
            'Register it, or correct `search.repository`. After a restart with empty data it has to be registered again.',
        },
      );
    }
    await engine.verifyRepository(address.repository);
    if (!records) return undefined;
    const indexPattern = `${records.indexPrefix}*`;
    const indices = await engine.indices(indexPattern);
    if (indices.length === 0) {
      throw new BackupError(
        'ClusterNotReady',
        `No index at ${address.url} matches ${indexPattern}: there are no records to back up`,
        {
          remedy:
            'Correct `records.indexPrefix` (the index prefix of the exporter), or remove `records` if the exporter that writes them is not used.',
        },
      );
    }
    return { component: 'records', ...address, version, indexPattern };
  } finally {
    await engine.close();
  }
}

/** What a backup would silently lack. */
function warningsOf(
  config: ClusterConfig,
  order: Order,
  { discovered, provable }: { discovered: Discovered; provable: boolean },
): string[] {
  const warnings: string[] = [];
  if (order === 'APPLICATIONS_FIRST' && !config.records) {
    warnings.push(
      'records is not configured: up to 8.7 Operate, Tasklist and Optimize are fed from the exported records, which are not in this backup',
    );
  }
  if (discovered.endpoints.has('backupHistory') && !config.webApplications) {
    warnings.push(
      `Zeebe at ${config.zeebe.url} serves the web applications too (backupHistory), but webApplications is not configured: their data is not in this backup`,
    );
  }
  if (!provable) {
    warnings.push(
      `Whether exporting is paused or resumed cannot be read back of every partition at ${(config.zeebe.brokers ?? [config.zeebe.url]).join(', ')}: configure all brokers in zeebe.brokers`,
    );
  }
  return warnings;
}
