import type { ClusterConfig } from '../config/schema.ts';
import { type Address, settingsOf } from '../connect/address.ts';
import { management } from '../connect/management.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { type Discovered, discover } from './actuator.ts';
import type { ManagementNeeds } from './managed.ts';
import { generationOf, generations, type ManagedName } from './versions.ts';

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
    return { name, title, address, discovered: await discover(server) };
  } catch (error) {
    // With a configured version, the index page may be missing.
    if (config.version && isBackupError(error, 'RequestRefused') && error.status === 404) {
      return { name, title, address, discovered: { endpoints: new Set(), version: undefined } };
    }
    throw error;
  }
}

/**
 * Chooses the endpoint for a component's backups: the first one of `endpoints` that the component has, or the first one
 * of all if the component does not show its endpoints. Throws ClusterNotReady.
 */
export function placeOf(
  { title, address, discovered }: FoundComponent,
  endpoints: string[],
  version?: string,
) {
  const path =
    discovered.endpoints.size === 0 ? endpoints[0] : endpoints.find((one) => discovered.endpoints.has(one));
  if (!path) {
    const of = version === undefined ? '' : `; Camunda ${version}`;
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

/**
 * Finds the place of one component without the rest of the cluster. It uses the configured version, or tries all
 * generations, the newest first.
 */
export async function findPlace(
  component: Named<ManagedName>,
  config: ClusterConfig,
  context: ManagementNeeds,
) {
  const one = config.version === undefined ? undefined : generationOf(config.version);
  const paths = (one ? [one] : generations).flatMap(({ endpoints }) => endpoints[component.name] ?? []);
  return placeOf(await findComponent(component, config, context), [...new Set(paths)]);
}
