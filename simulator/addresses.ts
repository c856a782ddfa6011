import { OPTIMIZE_LINKS, WEB_APPLICATION_LINKS } from './camunda/discovery.ts';
import { exportingEndpoint } from './camunda/exporting-endpoint.ts';
import { applicationManagement, zeebeManagement } from './camunda/management.ts';
import { operateEndpoint } from './camunda/operate.ts';
import { optimizeEndpoint } from './camunda/optimize.ts';
import { tasklistEndpoint } from './camunda/tasklist.ts';
import type { Topology } from './camunda/topology.ts';
import { webApplicationsEndpoint } from './camunda/web-applications.ts';
import { zeebeEndpoint } from './camunda/zeebe-endpoint.ts';
import type { Cluster } from './cluster.ts';
import type { FaultBook } from './faults/faults.ts';
import { empty, html } from './http/answers.ts';
import type { CallLog } from './http/calls.ts';
import { Address, type Request } from './http/http.ts';
import type { Route } from './http/route.ts';
import type { ComponentName } from './operations.ts';
import type { Settings } from './options.ts';
import { searchRoutes } from './search/search.ts';

export interface SimulatorUrls {
  /** The management address of the gateway, or of the orchestration cluster (8.8 and later). */
  zeebe: string;
  /** The management address of each broker. */
  brokers: string[];
  /** The application's port, with GET /v2/topology and, with the option `restExporting`, GET /v2/exporting. */
  rest: string;
  /** A server that answers every path with a web page. */
  web: string;
  operate?: string;
  tasklist?: string;
  webApplications?: string;
  optimize?: string;
  search?: string;
}

/** The addresses of a cluster, all listening on loopback. */
export interface Addresses {
  urls: SimulatorUrls;
  all: Address[];
  gateway: Address;
  /** The addresses of the brokers, by broker id. */
  brokers: Address[];
  search: Address | undefined;
  /** Whether the gateway runs inside of the brokers, so that it stops with the last broker. */
  embedded: boolean;
}

export async function serve(cluster: Cluster, faults: FaultBook, log: CallLog): Promise<Addresses> {
  const { settings, brokers, exporting, topology, store, zeebeBackups, partBackups } = cluster;
  const course = (component: ComponentName) => () => faults.forBackup(component);
  const history = webApplicationsEndpoint(settings, partBackups.webApplications, course('webApplications'));
  const sharesAddress = settings.orchestrationCluster && settings.profile === 'orchestration';
  const zeebeParts = {
    settings,
    brokers,
    topology,
    exporting: exportingEndpoint(settings, exporting, brokers),
    backups: zeebeEndpoint(settings, zeebeBackups, brokers, course('zeebe')),
    history: sharesAddress && settings.webApplications ? history : undefined,
  };

  const addresses: Address[] = [];
  async function listen(name: string, find: (self: () => string) => (request: Request) => Route | undefined) {
    const routes = find(() => address.url);
    const address: Address = new Address(log.handler(name, routes));
    await address.listen();
    addresses.push(address);
    return address;
  }
  const application = async (
    component: 'operate' | 'tasklist' | 'webApplications' | 'optimize',
    endpoint: Parameters<typeof applicationManagement>[2],
    links: string[],
    basePath: string,
  ) => {
    const address = await listen(component, (self) =>
      applicationManagement(settings, component, endpoint, links, basePath, self, () => store.isDown),
    );
    return address.url;
  };

  // Every broker of 8.8 contains a gateway, and so does a single broker of an older version.
  const embedded = sharesAddress || settings.brokers === 1;
  const brokerAddresses = await Promise.all(
    brokers.ids.map((id) =>
      listen(`broker-${id}`, (self) =>
        zeebeManagement(zeebeParts, embedded ? 'broker with gateway' : 'broker', () => id, self),
      ),
    ),
  );
  // This address is the gateway, or a service in front of the brokers. Any living broker may answer.
  const anyBroker = () => brokers.alive()[0] ?? 0;
  const gateway = await listen('zeebe', (self) =>
    zeebeManagement(zeebeParts, embedded ? 'broker with gateway' : 'gateway', anyBroker, self),
  );
  const rest = await listen('rest', () => restRoutes(topology, settings));
  const web = await listen('web', () => () => ({ operation: 'web.page', handle: () => html() }));
  const { search: engine, basePath } = settings;
  const search = engine
    ? await listen('search', () => searchRoutes(settings, engine, store, faults))
    : undefined;

  const urls: SimulatorUrls = {
    zeebe: gateway.url,
    brokers: brokerAddresses.map((address) => address.url),
    rest: rest.url,
    web: web.url,
    ...(search && { search: search.url }),
  };
  if (settings.operate) {
    const endpoint = operateEndpoint(settings, partBackups.operate, course('operate'));
    urls.operate = await application('operate', endpoint, WEB_APPLICATION_LINKS, basePath);
  }
  if (settings.tasklist) {
    const endpoint = tasklistEndpoint(settings, partBackups.tasklist, course('tasklist'));
    urls.tasklist = await application('tasklist', endpoint, WEB_APPLICATION_LINKS, basePath);
  }
  if (settings.webApplications) {
    urls.webApplications = sharesAddress
      ? gateway.url
      : await application('webApplications', history, WEB_APPLICATION_LINKS, basePath);
  }
  if (settings.optimize) {
    const endpoint = optimizeEndpoint(settings, partBackups.optimize, course('optimize'));
    urls.optimize = await application('optimize', endpoint, OPTIMIZE_LINKS, '');
  }
  return { urls, all: addresses, gateway, brokers: brokerAddresses, search, embedded };
}

function restRoutes(topology: Topology, settings: Settings): (request: Request) => Route | undefined {
  return ({ path, method }) => {
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
