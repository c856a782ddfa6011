import * as z from 'zod';
import { discover } from '../components/actuator.ts';
import { titles } from '../components/kinds.ts';
import { compareVersions, type ManagedName } from '../components/versions.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Address } from '../connect/address.ts';
import type { Http } from '../connect/http.ts';
import { type Management, management } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { within } from '../within.ts';
import { readMetrics, type Sample } from './metrics.ts';
import { type Properties, readProperties } from './properties.ts';
import { type Skew, skewIn } from './skew.ts';

/** A place of a management address in the configuration. */
type Role = ManagedName | 'broker';

/** What a management address says about itself. A field is undefined if the address does not show it. */
export interface SeenAddress {
  url: string;
  roles: Role[];
  /** The endpoints of the actuator. */
  endpoints: Set<string> | undefined;
  version: string | undefined;
  properties: Properties | undefined;
  metrics: Sample[] | undefined;
  /** The kinds of checkpoints that the brokers know (8.9 and later), which show whether they generate ids. */
  checkpoints: string[] | undefined;
  skew: Skew | undefined;
}

/** The brokers: those that the configuration names, or else the address of Zeebe if a broker answers there. */
export function brokersIn(addresses: SeenAddress[]): SeenAddress[] {
  const named = addresses.filter(({ roles }) => roles.includes('broker'));
  // Only brokers have partitions.
  return (named.length > 0 ? named : addresses).filter(({ endpoints }) => endpoints?.has('partitions'));
}

type Needs = Pick<Context, 'http' | 'secrets' | 'clock'>;

/** In seconds. One address that hangs must not hide the others, nor make a person wait for much longer. */
const patience = { ofAQuestion: 8, ofAnAddress: 20 };

/** Asks every management address of a cluster side by side. It changes nothing, and an address may show nothing. */
export function askAddresses(config: ClusterConfig, context: Needs): Promise<SeenAddress[]> {
  return Promise.all(addressesOf(config).map((one) => askAddress(one, context)));
}

interface Place {
  address: Address;
  roles: Role[];
}

const managedNames = ['zeebe', 'webApplications', 'operate', 'tasklist', 'optimize'] as const;

function addressesOf(config: ClusterConfig): Place[] {
  const { brokers = [], ...zeebe } = config.zeebe;
  const all: { address: Address; role: Role }[] = [
    ...managedNames.flatMap((role) => {
      const address = config[role];
      return address ? [{ address, role }] : [];
    }),
    ...brokers.map((url) => ({ address: { ...zeebe, url }, role: 'broker' as const })),
  ];
  return [...Map.groupBy(all, ({ address }) => address.url).values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ address: first.address, roles: group.map(({ role }) => role) }] : [];
  });
}

async function askAddress({ address, roles }: Place, context: Needs): Promise<SeenAddress> {
  const seen: SeenAddress = {
    url: address.url,
    roles,
    endpoints: undefined,
    version: undefined,
    properties: undefined,
    metrics: undefined,
    checkpoints: undefined,
    skew: undefined,
  };
  const http: Http = async (request) => {
    const asked = context.clock.now();
    const answer = await context.http({ ...request, timeoutSeconds: patience.ofAQuestion });
    seen.skew ??= skewIn(answer, asked, context.clock.now());
    return answer;
  };
  const [role = 'zeebe'] = roles;
  const title = role === 'broker' ? titles.zeebe : titles[role];
  const server = management(title, address, http, context.secrets);
  // What was seen before the time ran out still counts.
  await orNothing(() => within(patience.ofAnAddress, () => ask(server, seen), context));
  return seen;
}

async function ask(server: Management, seen: SeenAddress): Promise<void> {
  const { endpoints, version } = await discover(server);
  Object.assign(seen, { endpoints, version });
  const has = (endpoint: string, work: () => Promise<void>) =>
    endpoints.has(endpoint) ? orNothing(work) : undefined;
  await Promise.all([
    has('configprops', async () => {
      seen.properties = readProperties(await bodyOf(server, 'configprops'));
    }),
    has('prometheus', async () => {
      const answer = await server.askForText('prometheus');
      if (answer.status === 200) seen.metrics = readMetrics(answer.text);
    }),
    has('backupRuntime', async () => {
      if (version !== undefined && compareVersions(version, '8.9') < 0) return;
      seen.checkpoints = checkpointsIn(await bodyOf(server, 'backupRuntime/state'));
    }),
  ]);
}

async function bodyOf(server: Management, path: string): Promise<unknown> {
  const { status, text } = await server.ask('GET', path);
  return status === 200 ? parseJson(text) : undefined;
}

/** Everything here is only for the doctor. The checks of a backup report an address that does not answer. */
async function orNothing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isBackupError(error)) throw error;
  }
}

const state = z.object({ checkpointStates: z.array(z.object({ checkpointType: z.string() })) });

function checkpointsIn(body: unknown): string[] | undefined {
  return state.safeParse(body).data?.checkpointStates.map(({ checkpointType }) => checkpointType);
}
