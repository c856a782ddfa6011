import type { ClusterConfig } from '../config/schema.ts';
import { management } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { discover } from './actuator.ts';
import { type ComponentName, titles } from './component.ts';
import type { CamundaTarget, RecordsTarget } from './target.ts';
import { generationOf, generations } from './versions.ts';

type Needs = Pick<Context, 'http' | 'secrets'>;
type Camunda = CamundaTarget['component'];

/** A component of which it is not known what it has, and why. */
export interface Unasked {
  component: ComponentName;
  problem: BackupError;
}

const camundaNames = ['zeebe', 'webApplications', 'operate', 'tasklist', 'optimize'] as const;

/** Those that a repair asks. */
export function configuredComponents(config: ClusterConfig): ComponentName[] {
  const names = camundaNames.filter((name) => config[name]);
  return recordsOf(config) ? [...names, 'records'] : names;
}

/**
 * Where a configured cluster's components keep their lists of backups. Unlike discoverCluster it does not ask whether
 * the cluster could be backed up now, writes nothing (the check of a snapshot repository does), and a component that
 * is down keeps nobody from asking the others.
 */
export async function locateComponents(
  config: ClusterConfig,
  context: Needs,
  wanted: ComponentName[] = configuredComponents(config),
): Promise<{ targets: (CamundaTarget | RecordsTarget)[]; unasked: Unasked[] }> {
  const unasked: Unasked[] = [];
  const names = camundaNames.filter((name) => wanted.includes(name));
  const found = await Promise.all(
    names.map(async (component) => {
      try {
        return await askedTwice(() => locate(component, config, context));
      } catch (problem) {
        if (!isBackupError(problem)) throw problem;
        unasked.push({ component, problem });
        return undefined;
      }
    }),
  );
  const targets = found.filter((one) => one !== undefined);
  const records = wanted.includes('records') ? recordsOf(config) : undefined;
  return { targets: records ? [...targets, records] : targets, unasked };
}

/** Nobody repeats these questions but this; an idle connection that a server closes in this moment loses one. */
export async function askedTwice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isBackupError(error, 'Unreachable')) throw error;
    return ask();
  }
}

async function locate(
  component: Camunda,
  config: ClusterConfig,
  { http, secrets }: Needs,
): Promise<CamundaTarget | undefined> {
  const address = config[component];
  if (!address) return undefined;
  const server = management(titles[component], address, http, secrets);
  const looked = endpointsOf(component, config.version);
  const { endpoints, version } = await discover(server).catch((error: unknown) => {
    // As in discoverCluster: a version set by hand is for management ports that do not show their index page.
    if (config.version && isBackupError(error, 'RequestRefused') && error.status === 404) {
      return { endpoints: new Set(looked.slice(0, 1)), version: undefined };
    }
    throw error;
  });
  const path = looked.find((one) => endpoints.has(one));
  if (!path) {
    throw new BackupError(
      'ClusterNotReady',
      `${titles[component]} at ${address.url} has no backup endpoint (looked for ${looked.join(', ')})`,
      { remedy: `Check that the url is the one of ${titles[component]} and that the endpoint is enabled.` },
    );
  }
  const { url, auth } = address;
  return { component, url, ...(auth ? { auth } : {}), path, ...(version ? { version } : {}) };
}

/** Of the version that is configured; of all of them, newest first, where none is. */
function endpointsOf(component: Camunda, version: string | undefined): string[] {
  const one = version === undefined ? undefined : generationOf(version);
  const paths = (one ? [one] : generations).flatMap(({ endpoints }) => endpoints[component] ?? []);
  return [...new Set(paths)];
}

function recordsOf({ search, records }: ClusterConfig): RecordsTarget | undefined {
  if (!search || !records) return undefined;
  return { component: 'records', ...search, indexPattern: `${records.indexPrefix}*` };
}
