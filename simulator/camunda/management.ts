import type { Awaitable } from '../awaitable.ts';
import { json, methodNotAllowed, springError } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Route } from '../http/route.ts';
import type { ComponentName, Operation } from '../operations.ts';
import type { Settings } from '../options.ts';
import type { Brokers } from './brokers.ts';
import { discoveryPage, type ManagementRole, zeebeLinks } from './discovery.ts';
import type { exportingEndpoint } from './exporting-endpoint.ts';
import { infoPage, metricsPage, propertiesPage, samplesOfApplication, samplesOfBroker } from './shown.ts';
import type { Topology } from './topology.ts';
import type { BackupEndpoint } from './web-application.ts';
import type { zeebeEndpoint } from './zeebe-endpoint.ts';

interface ZeebeParts {
  settings: Settings;
  brokers: Brokers;
  topology: Topology;
  exporting: ReturnType<typeof exportingEndpoint>;
  backups: ReturnType<typeof zeebeEndpoint>;
  /** The backups of the web applications, which run in the same process from 8.8 on. */
  history: BackupEndpoint | undefined;
}

/** Serves a management address of Zeebe. `broker` chooses the broker whose partitions it shows. */
export function zeebeManagement(
  parts: ZeebeParts,
  role: ManagementRole,
  broker: () => number,
  self: () => string,
): (request: Request) => Route | undefined {
  const { settings, topology, backups, history } = parts;
  const served = zeebeLinks(settings, role, history !== undefined);

  return underActuator(settings, settings.basePath, (request, path, [endpoint, id, ...rest]) => {
    if (rest.length > 0 && endpoint !== 'health') return undefined;
    if (endpoint === undefined) {
      return route('zeebe.discover', (r) =>
        discoveryPage(r, `${self()}${settings.basePath}/actuator`, served),
      );
    }
    if (!served.includes(endpoint)) return undefined;
    if (endpoint === 'health') return route('zeebe.health', health);
    if (endpoint === 'info') return route('zeebe.health', (r) => infoPage(r, settings));
    if (endpoint === 'configprops' && id === undefined) {
      return route('zeebe.properties', (r) => propertiesPage(r, settings, broker()));
    }
    if (endpoint === 'prometheus') {
      const samples = samplesOfBroker(settings.disk(broker()));
      return route('zeebe.metrics', (r) => metricsPage(r, { settings, path, samples }));
    }
    if (endpoint === 'cluster') return route('zeebe.cluster', () => topology.cluster());
    if (endpoint === 'exporters') {
      return id === undefined ? route('zeebe.exporters', (r) => topology.exporters(r)) : undefined;
    }
    if (endpoint === 'partitions') {
      const only = id === undefined ? undefined : Number(id);
      return route('zeebe.partitions', (r) => topology.partitions(r, broker(), only));
    }
    if (endpoint === 'exporting' && id !== undefined) {
      const operation = id === 'resume' ? 'zeebe.resume' : 'zeebe.pause';
      return route(operation, (r) => parts.exporting(r, path, id));
    }
    if (endpoint === backups.id) {
      if (id === undefined) {
        if (request.method === 'POST') return route('zeebe.start', (r) => backups.start(r, path));
        if (request.method === 'GET') return route('zeebe.list', (r) => backups.list(r));
        return route('zeebe.list', () => methodNotAllowed('POST, GET', path, settings.clock.now()));
      }
      if (request.method === 'DELETE') return route('zeebe.delete', (r) => backups.remove(r, path, id));
      const operation = id.endsWith('*') ? 'zeebe.list' : 'zeebe.check';
      if (request.method === 'GET') return route(operation, (r) => backups.check(r, path, id));
      return route(operation, () => methodNotAllowed('DELETE, GET', path, settings.clock.now()));
    }
    if (endpoint === 'backupHistory' && history !== undefined) {
      return backupRoute('webApplications', history, settings, request, path, id);
    }
    return undefined;
  });
}

/** Serves the management address of one web application, with `/actuator/backups`. */
export function applicationManagement(
  settings: Settings,
  component: Exclude<ComponentName, 'zeebe' | 'records'>,
  endpoint: BackupEndpoint,
  links: string[],
  basePath: string,
  self: () => string,
  engineIsDown: () => Awaitable<boolean>,
): (request: Request) => Route | undefined {
  return underActuator(settings, basePath, (request, path, [first, id, ...rest]) => {
    if (first === 'health')
      return route(`${component}.health`, async () => applicationHealth(await engineIsDown()));
    if (rest.length > 0) return undefined;
    if (first === undefined) {
      return route(`${component}.discover`, (r) => discoveryPage(r, `${self()}${basePath}/actuator`, links));
    }
    if (first === 'info' && links.includes(first)) {
      return route(`${component}.health`, (r) => infoPage(r, settings));
    }
    if (first === 'prometheus') {
      const samples = samplesOfApplication(component);
      return route(`${component}.metrics`, (r) => metricsPage(r, { settings, path, samples }));
    }
    return first === 'backups' ? backupRoute(component, endpoint, settings, request, path, id) : undefined;
  });
}

function backupRoute(
  component: Exclude<ComponentName, 'zeebe' | 'records'>,
  endpoint: BackupEndpoint,
  settings: Settings,
  request: Request,
  path: string,
  id: string | undefined,
): Route {
  const { method } = request;
  if (id === undefined) {
    if (method === 'POST') return route(`${component}.start`, (r) => endpoint.start(r));
    if (method === 'GET') return route(`${component}.list`, (r) => endpoint.list(r));
    return route(`${component}.list`, () => methodNotAllowed('POST, GET', path, settings.clock.now()));
  }
  if (method === 'DELETE') return route(`${component}.delete`, (r) => endpoint.delete(r, id));
  if (method === 'GET') return route(`${component}.check`, (r) => endpoint.check(r, id));
  return route(`${component}.check`, () => methodNotAllowed('DELETE, GET', path, settings.clock.now()));
}

type Segments = [string | undefined, string | undefined, ...string[]];

/** Strips the base path and `/actuator`, and requires the configured credentials, if any. */
function underActuator(
  settings: Settings,
  basePath: string,
  find: (request: Request, path: string, segments: Segments) => Route | undefined,
): (request: Request) => Route | undefined {
  return (request) => {
    if (!request.path.startsWith(`${basePath}/actuator`)) return undefined;
    const path = request.path.slice(basePath.length);
    if (path.endsWith('/')) return undefined; // the recordings answer 404 to a trailing slash
    const [, , first, second, ...rest] = path.split('/').map(decodeURIComponent);
    const found = find(request, path, [first, second, ...rest]);
    if (found === undefined || mayEnter(settings, request)) return found;
    return route(found.operation, () => {
      const answer = springError(401, path, settings.clock.now());
      return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': 'Basic realm="Realm"' } };
    });
  };
}

function mayEnter({ managementAuth }: Settings, request: Request): boolean {
  if (managementAuth === undefined) return true;
  const expected = Buffer.from(`${managementAuth.username}:${managementAuth.password}`).toString('base64');
  return request.header('authorization') === `Basic ${expected}`;
}

const route = (operation: Operation, handle: Route['handle']): Route => ({ operation, handle });

const health = (_request: Request): Answer => json(200, { status: 'UP' });

function applicationHealth(engineIsDown: boolean): Answer {
  const up = { status: 'UP' };
  const engine = { status: engineIsDown ? 'DOWN' : 'UP' };
  return json(engineIsDown ? 503 : 200, {
    ...engine,
    components: { indicesCheck: engine, livenessState: up, readinessState: up },
    groups: ['liveness', 'readiness'],
  });
}
