import type { FaultBook } from '../faults/faults.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Route } from '../http/route.ts';
import type { Operation } from '../operations.ts';
import type { SearchEngine, Settings } from '../options.ts';
import { indexApi } from './index-api.ts';
import { indexChangesApi } from './index-changes-api.ts';
import { clusterCustoms, engineInfo } from './info.ts';
import { inventoryApi } from './inventory-api.ts';
import { isWildcard } from './name-patterns.ts';
import { recoveryApi } from './recovery-api.ts';
import { searchReplies } from './replies.ts';
import { repositoryApi } from './repository-api.ts';
import { restoreApi } from './restore-api.ts';
import { snapshotApi } from './snapshot-api.ts';
import type { SnapshotStore } from './snapshots.ts';

/** Serves the parts of the HTTP API of Elasticsearch 8.16 or OpenSearch 2.19 that backups use. */
export function searchRoutes(
  settings: Settings,
  engine: SearchEngine,
  store: SnapshotStore,
  faults: FaultBook,
): (request: Request) => Route | undefined {
  const replies = searchReplies(settings, engine);
  const { reply } = replies;
  const repositories = repositoryApi(replies, store);
  const indices = indexApi(replies, store, settings.clock);
  const changes = indexChangesApi(replies, store);
  const restore = restoreApi(replies, store, settings.durationsMs.restore);
  const recoveries = recoveryApi(replies, store, settings.clock);
  const inventory = inventoryApi(replies);
  const snapshots = snapshotApi(replies, store, settings.clock, settings.durationsMs.records, () =>
    faults.forBackup('records'),
  );

  const route = (operation: Operation, handle: (request: Request) => Answer | Promise<Answer>): Route => ({
    operation,
    handle: (request) => replies.unauthorized(request) ?? handle(request),
  });

  /** Routes `/_snapshot/{repository}`. */
  function repositoryRoute({ method }: Request, repository: string): Route | undefined {
    if (method === 'GET') return route('search.repository', (r) => repositories.get(r, repository));
    if (method === 'DELETE') return route('search.unregister', (r) => repositories.unregister(r, repository));
    if (writes(method)) return route('search.register', (r) => repositories.register(r, repository));
    return undefined;
  }

  /** Routes `/_snapshot/{repository}/{name}`. */
  function snapshotRoute({ method }: Request, repository: string, name: string): Route {
    const many = isWildcard(name) || name.includes(',') || name === '_current';
    if (method === 'GET') {
      return route(many ? 'search.list' : 'search.get', (r) => snapshots.get(r, repository, name));
    }
    if (method === 'DELETE') return route('search.delete', (r) => snapshots.remove(r, repository, name));
    if (writes(method)) return route('search.create', (r) => snapshots.create(r, repository, name));
    return route('search.get', wrongMethod);
  }

  function underSnapshot(request: Request, segments: string[]): Route | undefined {
    const [repository, name, action] = segments;
    if (repository === undefined) return route('search.repository', (r) => repositories.get(r, undefined));
    if (repository === '_status') return route('search.status', snapshots.running);
    if (name === undefined) return repositoryRoute(request, repository);
    if (name === '_verify') return route('search.verify', (r) => repositories.verify(r, repository));
    if (action === '_restore' && request.method === 'POST') {
      return route('search.restore', (r) => restore(r, repository, name));
    }
    if (action === '_status') return route('search.status', (r) => snapshots.status(r, repository, name));
    return action === undefined ? snapshotRoute(request, repository, name) : undefined;
  }

  /** Routes `/{pattern}`. */
  function indexRoute({ method }: Request, pattern: string, action: string | undefined): Route | undefined {
    const reads = method === 'GET' || method === 'HEAD';
    if (reads && action === undefined) return route('search.indices', (r) => indices(r, pattern, 'get'));
    if (reads && action === '_stats') return route('search.stats', (r) => indices(r, pattern, 'stats'));
    if (reads && action === '_recovery') return route('search.recovery', (r) => recoveries(r, pattern));
    if (method === 'DELETE' && action === undefined) {
      return route('search.deleteIndices', (r) => changes.remove(r, pattern));
    }
    if (method === 'POST' && action === '_close') {
      return route('search.closeIndices', (r) => changes.close(r, pattern));
    }
    if (method === 'POST' && action === '_open')
      return route('search.openIndices', (r) => changes.open(r, pattern));
    return undefined;
  }

  function wrongMethod(request: Request): Answer {
    const error =
      `Incorrect HTTP method for uri [${request.path}] and method [${request.method}], ` +
      'allowed: [GET, POST, PUT, DELETE]';
    const refused = reply(request, 405, { error, status: 405 });
    return { ...refused, headers: { ...refused.headers, Allow: 'GET,POST,PUT,DELETE' } };
  }

  return (request) => {
    const segments = request.path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
    const [first, second, third] = segments;
    if (first === undefined) return route('search.info', (r) => reply(r, 200, engineInfo(engine)));
    if (first === '_snapshot') return underSnapshot(request, segments.slice(1));
    if (first === '_cluster' && second === 'health') {
      return route('search.health', (r) => indices(r, third ?? '*', 'health'));
    }
    if (first === '_cluster' && second === 'state' && (third === undefined || third === 'customs')) {
      return route('search.state', (r) => reply(r, 200, clusterCustoms(store)));
    }
    if (first === '_cat' && second === 'snapshots' && third !== undefined) {
      return route('search.list', (r) => snapshots.cat(r, third));
    }
    if (first === '_cat' && second === 'indices') {
      return route('search.indices', (r) => indices(r, third ?? '*', 'cat'));
    }
    if (first === '_resolve' && second === 'index' && third !== undefined) {
      return route('search.indices', (r) => indices(r, third, 'resolve'));
    }
    if (first === '_nodes') return route('search.nodes', inventory.nodes);
    if (first === '_index_template') return route('search.indexTemplates', inventory.indexTemplates);
    if (first === '_component_template')
      return route('search.componentTemplates', inventory.componentTemplates);
    if (first === '_ilm' || first === '_plugins') return route('search.policies', inventory.policies);
    if (first === '_recovery') return route('search.recovery', (r) => recoveries(r, '*'));
    return first.startsWith('_') ? undefined : indexRoute(request, first, second);
  };
}

const writes = (method: string): boolean => method === 'PUT' || method === 'POST';
