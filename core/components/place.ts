import type { ClusterConfig } from '../config/schema.ts';
import { type Address, settingsOf } from '../connect/address.ts';
import { management } from '../connect/management.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { type Discovered, discover } from './actuator.ts';
import type { ManagementNeeds } from './managed.ts';
import { generationOf, generations, type KnownVersion, type ManagedName } from './versions.ts';

interface Named<Name extends ManagedName> {
  name: Name;
  /** The name of the component in messages. */
  title: string;
}

/** A configured component and what its management port reports. */
export interface FoundComponent<Name extends ManagedName = ManagedName> extends Named<Name> {
  address: Address;
  discovered: Discovered;
}

/** Asks the management port of a configured component for its endpoints and its version. */
export async function findComponent<Name extends ManagedName>(
  { name, title }: Named<Name>,
  config: ClusterConfig,
  { http, secrets }: ManagementNeeds,
): Promise<FoundComponent<Name>> {
  const address = config[name];
  if (!address) throw new BackupError('ConfigurationError', `${name} is not configured`);
  const server = management(title, address, http, secrets);
  try {
    const discovered = await discover(server);
    if (name === 'zeebe') refuseOthers(address, discovered);
    return { name, title, address, discovered };
  } catch (error) {
    // With a configured version, the index page may be missing.
    if (config.version && isBackupError(error, 'RequestRefused') && error.status === 404) {
      return { name, title, address, discovered: { endpoints: new Set(), version: undefined } };
    }
    throw error;
  }
}

const ofZeebe = ['exporting', 'cluster', 'partitions'];

/** Refuses another component at the address of Zeebe. */
function refuseOthers({ url }: Address, { endpoints }: Discovered): void {
  if (endpoints.size === 0 || ofZeebe.some((one) => endpoints.has(one))) return;
  throw new BackupError(
    'ClusterNotReady',
    `What listens at ${url} is not Zeebe: it has neither ${ofZeebe.join(' nor ')}`,
    {
      remedy:
        'Write the management address of Zeebe into `zeebe.url` (port 9600 unless configured otherwise).',
    },
  );
}

/**
 * Refuses Zeebe at the address of an application. Before 8.8, both have `/actuator/backups`, and a backup of Zeebe would
 * be taken for one of the application.
 */
function refuseZeebe({ name, title, address, discovered }: FoundComponent, path: string | undefined): void {
  if (name === 'zeebe' || path === 'backupHistory' || !discovered.endpoints.has('exporting')) return;
  // The web applications may be in the same process, with an endpoint that is switched off.
  if (name === 'webApplications' && path === undefined) return;
  throw new BackupError(
    'ClusterNotReady',
    `What listens at ${address.url}, the address of ${title}, is Zeebe: it has the endpoint exporting`,
    {
      remedy: `Write the management address of ${title} into \`${name}.url\` (port ${name === 'optimize' ? '8092' : '9600'} unless configured otherwise).`,
    },
  );
}

/**
 * Chooses the endpoint for a component's backups: the first possible one that the component has, or the first possible
 * one if the component does not show its endpoints. Without a known version of the cluster, those of the configured
 * version are possible, or those of all versions, the newest first. Throws ClusterNotReady.
 */
export function placeOf(found: FoundComponent, config: ClusterConfig, known?: KnownVersion) {
  const { title, address, discovered } = found;
  const endpoints = endpointsOf(found, config, known);
  const path =
    discovered.endpoints.size === 0 ? endpoints[0] : endpoints.find((one) => discovered.endpoints.has(one));
  refuseZeebe(found, path);
  if (!path) {
    const of = known ? `; Camunda ${known.version}` : '';
    throw new BackupError(
      'ClusterNotReady',
      `${title} at ${address.url} has no backup endpoint (looked for ${endpoints.join(', ')}${of})`,
      {
        remedy: `Check that the url belongs to ${title} and that the endpoint is enabled. Operate and Tasklist 8.6 serve it only with the Spring profile \`standalone\`.`,
      },
    );
  }
  // A version from the file or inferred from endpoints decides the order only. The target does not record it as known.
  const { version: own } = discovered;
  return {
    url: address.url,
    ...settingsOf(address),
    path,
    ...(own ? { version: own } : {}),
  };
}

function endpointsOf(
  { name }: FoundComponent,
  config: ClusterConfig,
  known: KnownVersion | undefined,
): string[] {
  if (!known) {
    const one = config.version === undefined ? undefined : generationOf(config.version);
    const paths = (one ? [one] : generations).flatMap(({ endpoints }) => endpoints[name] ?? []);
    return [...new Set(paths)];
  }
  const { version, generation, doubt } = known;
  const endpoints = generation.endpoints[name] ?? [];
  if (endpoints.length > 0) return endpoints;
  const isOfFile = config.version === version;
  const instead = name === 'webApplications' ? 'operate and tasklist' : 'webApplications';
  throw new BackupError('ClusterNotReady', `Camunda ${version} has no \`${name}\` to back up`, {
    remedy: doubt
      ? `${doubt} If \`version\` is right, configure ${instead} instead of ${name}.`
      : `Configure ${instead} instead of ${name}${isOfFile ? ', or correct `version`' : ''}.`,
  });
}
