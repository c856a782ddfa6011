import type { SearchEngine } from './engine.ts';

/** Runs a call of a search engine, or gives it up. `what` names the call in the engine's own words. */
export type Interceptor = <T>(what: string, ask: () => Promise<T>) => Promise<T>;

/** Wraps a search engine so that every request runs inside `call`. `close` does not, because it is not a request. */
export function intercept(engine: SearchEngine, call: Interceptor): SearchEngine {
  return {
    version: () => call('GET /', () => engine.version()),
    repository: (name) => call(`GET _snapshot/${name}`, () => engine.repository(name)),
    verifyRepository: (name) => call(`POST _snapshot/${name}/_verify`, () => engine.verifyRepository(name)),
    indices: (pattern) => call(`GET _resolve/index/${pattern}`, () => engine.indices(pattern)),
    createSnapshot: (repository, name, ...rest) =>
      call(`PUT _snapshot/${repository}/${name}`, () => engine.createSnapshot(repository, name, ...rest)),
    snapshot: (repository, name) =>
      call(`GET _snapshot/${repository}/${name}`, () => engine.snapshot(repository, name)),
    snapshots: (repository, pattern) =>
      call(`GET _snapshot/${repository}/${pattern}`, () => engine.snapshots(repository, pattern)),
    snapshotNames: (repository, prefix) =>
      call(`GET _snapshot/${repository}/${prefix}*`, () => engine.snapshotNames(repository, prefix)),
    runningSnapshots: (repository) =>
      call(`GET _snapshot/${repository}/_current`, () => engine.runningSnapshots(repository)),
    deleteSnapshot: (repository, name) =>
      call(`DELETE _snapshot/${repository}/${name}`, () => engine.deleteSnapshot(repository, name)),
    deletionsInTheWay: (repository) =>
      call('GET _cluster/state/customs', () => engine.deletionsInTheWay(repository)),
    nodes: () => call('GET _nodes', () => engine.nodes()),
    counts: (pattern) => call(`GET ${pattern}/_stats`, () => engine.counts(pattern)),
    snapshotFiles: (repository, name) =>
      call(`GET _snapshot/${repository}/${name}/_status`, () => engine.snapshotFiles(repository, name)),
    indexTemplates: () => call('GET _index_template', () => engine.indexTemplates()),
    componentTemplates: () => call('GET _component_template', () => engine.componentTemplates()),
    policies: () => call('GET _ilm/policy or _plugins/_ism/policies', () => engine.policies()),
    close: () => engine.close(),
  };
}
