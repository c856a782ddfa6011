import type { ClusterConfig } from '../config/schema.ts';
import { type Address, settingsOf } from '../connect/address.ts';
import { management } from '../connect/management.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { type Discovered, discover } from './actuator.ts';
import type { ManagementNeeds } from './managed.ts';
import { generationOf, generations, type ManagedName } from './versions.ts';

interface Named<Name extends ManagedName> {
  name: Name;
  /** The name that people use. */
  title: string;
}

/** What a component's management port says of it. */
export interface Found<Name extends ManagedName = ManagedName> extends Named<Name> {
  address: Address;
  discovered: Discovered;
}

/** Asks a configured component what it has. */
export async function find<Name extends ManagedName>(
  { name, title }: Named<Name>,
  config: ClusterConfig,
  { http, secrets }: ManagementNeeds,
): Promise<Found<Name>> {
  const address = config[name];
  if (!address) throw new BackupError('ConfigurationError', `${name} is not configured`);
  const server = management(title, address, http, secrets);
  try {
    return { name, title, address, discovered: await discover(server) };
  } catch (error) {
    // A version set by hand is for management ports that do not show their index page.
    if (config.version && isBackupError(error, 'RequestRefused') && error.status === 404) {
      return { name, title, address, discovered: { endpoints: new Set(), version: undefined } };
    }
    throw error;
  }
}

/**
 * Where a component keeps its backups: at the first of these endpoints that it has, or at the first one where it does not
 * show what it has. Throws ClusterNotReady.
 */
export function placeOf({ title, address, discovered }: Found, endpoints: string[], version?: string) {
  const path =
    discovered.endpoints.size === 0 ? endpoints[0] : endpoints.find((one) => discovered.endpoints.has(one));
  if (!path) {
    const of = version === undefined ? '' : `; Camunda ${version}`;
    throw new BackupError(
      'ClusterNotReady',
      `${title} at ${address.url} has no backup endpoint (looked for ${endpoints.join(', ')}${of})`,
      {
        remedy: `Check that the url is the one of ${title} and that the endpoint is enabled. Operate and Tasklist 8.6 serve it only with the Spring profile \`standalone\`.`,
      },
    );
  }
  // What the file says, or the endpoints let guess, is good for the order of the procedure, and is not written down as known.
  const { version: own } = discovered;
  return {
    url: address.url,
    ...settingsOf(address),
    path,
    ...(own ? { version: own } : {}),
  };
}

/** The same without a look at the whole cluster: by the version that is configured, else by all of them, newest first. */
export async function findPlace(
  component: Named<ManagedName>,
  config: ClusterConfig,
  context: ManagementNeeds,
) {
  const one = config.version === undefined ? undefined : generationOf(config.version);
  const paths = (one ? [one] : generations).flatMap(({ endpoints }) => endpoints[component.name] ?? []);
  return placeOf(await find(component, config, context), [...new Set(paths)]);
}
