import type { Brokers } from './camunda/brokers.ts';
import { OPTIMIZE_LINKS, WEB_APPLICATION_LINKS } from './camunda/discovery.ts';
import type { Exporting } from './camunda/exporting.ts';
import { exportingEndpoint } from './camunda/exporting-endpoint.ts';
import { applicationManagement, zeebeManagement } from './camunda/management.ts';
import { operateEndpoint } from './camunda/operate.ts';
import { optimizeEndpoint } from './camunda/optimize.ts';
import type { PartBackups } from './camunda/part-backups.ts';
import { tasklistEndpoint } from './camunda/tasklist.ts';
import type { Topology } from './camunda/topology.ts';
import { webApplicationsEndpoint } from './camunda/web-applications.ts';
import { type Work, workRoutes } from './camunda/work-endpoint.ts';
import type { ZeebeBackups } from './camunda/zeebe-backup.ts';
import { zeebeEndpoint } from './camunda/zeebe-endpoint.ts';
import type { CourseKind } from './faults/faults.ts';
import { empty } from './http/answers.ts';
import type { CallLog } from './http/calls.ts';
import { Address, type Request } from './http/http.ts';
import type { Route } from './http/route.ts';
import type { ComponentName } from './operations.ts';
import type { Settings } from './options.ts';

export type ApplicationName = 'operate' | 'tasklist' | 'webApplications' | 'optimize';
export type AddressName = 'zeebe' | `broker-${number}` | 'rest' | 'web' | 'search' | ApplicationName;

/** Finds the route of a request, or undefined if the address does not have one. */
type Find = (request: Request) => Route | undefined;

/** Opens an address of the cluster on loopback. `self` is the URL of the address itself. */
export type Listen = (name: AddressName, find: (self: () => string) => Find) => Promise<Address>;

/** `ports` names the ports of some addresses. The others get free ones. */
export function addressBook(log: CallLog, ports: Partial<Record<AddressName, number>> = {}) {
  const all: Address[] = [];
  const listen: Listen = async (name, find) => {
    const address: Address = new Address(
      log.handler(
        name,
        find(() => address.url),
      ),
      ports[name],
    );
    await address.listen();
    all.push(address);
    return address;
  };
  return { listen, all };
}

/** Zeebe's brokers and gateway, in memory or on real parts, as their endpoints ask them. */
export interface ServedZeebe {
  settings: Settings;
  brokers: Brokers;
  exporting: Exporting;
  topology: Topology;
  backups: ZeebeBackups;
  /** The backups of the web applications that run in the same process from 8.8 on. */
  webApplications: PartBackups | undefined;
  /** Creates process instances and works on them. Only real parts do. */
  work?: Work | undefined;
}

export interface ZeebeAddresses {
  gateway: Address;
  /** The addresses of the brokers, by broker id. */
  brokers: Address[];
  rest: Address;
  /** Whether the gateway runs inside of the brokers, so that it stops with the last broker. */
  embedded: boolean;
}

type NextCourse = (component: ComponentName) => CourseKind | undefined;

/** Whether the web applications share the address of Zeebe. */
export const isOneProcess = ({ orchestrationCluster, profile }: Settings): boolean =>
  orchestrationCluster && profile === 'orchestration';

export async function serveZeebe(
  { settings, brokers, exporting, topology, backups, webApplications, work }: ServedZeebe,
  nextCourse: NextCourse,
  listen: Listen,
): Promise<ZeebeAddresses> {
  const parts = {
    settings,
    brokers,
    topology,
    exporting: exportingEndpoint(settings, exporting, brokers),
    backups: zeebeEndpoint(settings, backups, brokers, () => nextCourse('zeebe')),
    history:
      webApplications &&
      webApplicationsEndpoint(settings, webApplications, () => nextCourse('webApplications')),
  };
  // Every broker of 8.8 contains a gateway, and so does a single broker of an older version.
  const embedded = isOneProcess(settings) || settings.brokers === 1;
  const brokerAddresses = await Promise.all(
    brokers.ids.map((id) =>
      listen(`broker-${id}`, (self) =>
        zeebeManagement(parts, embedded ? 'broker with gateway' : 'broker', () => id, self),
      ),
    ),
  );
  // This address is the gateway, or a service in front of the brokers. Any living broker may answer.
  const anyBroker = () => brokers.alive()[0] ?? 0;
  const gateway = await listen('zeebe', (self) =>
    zeebeManagement(parts, embedded ? 'broker with gateway' : 'gateway', anyBroker, self),
  );
  const rest = await listen('rest', () => restRoutes(topology, settings, work));
  return { gateway, brokers: brokerAddresses, rest, embedded };
}

const applications = {
  operate: { endpoint: operateEndpoint, links: WEB_APPLICATION_LINKS },
  tasklist: { endpoint: tasklistEndpoint, links: WEB_APPLICATION_LINKS },
  webApplications: { endpoint: webApplicationsEndpoint, links: WEB_APPLICATION_LINKS },
  optimize: { endpoint: optimizeEndpoint, links: OPTIMIZE_LINKS },
} as const;

/** Serves the management address of a web application that is a process of its own. */
export function serveApplication(
  settings: Settings,
  name: ApplicationName,
  backups: PartBackups,
  nextCourse: NextCourse,
  listen: Listen,
): Promise<Address> {
  const { endpoint, links } = applications[name];
  const served = endpoint(settings, backups, () => nextCourse(name));
  const basePath = name === 'optimize' ? '' : settings.basePath;
  const engineIsDown = async () => (await backups.availability()) === 'engine down';
  return listen(name, (self) =>
    applicationManagement(settings, name, served, links, basePath, self, engineIsDown),
  );
}

function restRoutes(topology: Topology, settings: Settings, work: Work | undefined): Find {
  const findWork = work && workRoutes(work);
  return (request) => {
    const { path, method } = request;
    const found = findWork?.(request);
    if (found) return found;
    if (method !== 'GET') return undefined;
    if (path === '/v2/exporting' && settings.restExporting) {
      return { operation: 'zeebe.exporting', handle: () => topology.restExporting() };
    }
    if (path === '/v2/topology' || path === '/v1/topology') {
      return { operation: 'zeebe.topology', handle: () => topology.rest() };
    }
    return path === '/v2/status' ? { operation: 'zeebe.status', handle: () => empty(204) } : undefined;
  };
}
