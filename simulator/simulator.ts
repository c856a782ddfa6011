import { Brokers } from './camunda/brokers.ts';
import { OPTIMIZE_LINKS, WEB_APPLICATION_LINKS } from './camunda/discovery.ts';
import { type ExporterPhase, Exporting } from './camunda/exporting.ts';
import { exportingEndpoint } from './camunda/exporting-endpoint.ts';
import { applicationManagement, zeebeManagement } from './camunda/management.ts';
import { operateEndpoint } from './camunda/operate.ts';
import { optimizeEndpoint } from './camunda/optimize.ts';
import { PartBackups, type PartPlan } from './camunda/part-backups.ts';
import { operateParts, optimizeParts, tasklistParts, webApplicationsParts } from './camunda/part-indices.ts';
import { tasklistEndpoint } from './camunda/tasklist.ts';
import {
  type ExporterState,
  type Health,
  type ProcessorPhase,
  Topology,
  type Where,
} from './camunda/topology.ts';
import { webApplicationsEndpoint } from './camunda/web-applications.ts';
import { ZeebeBackups } from './camunda/zeebe-backups.ts';
import { zeebeEndpoint } from './camunda/zeebe-endpoint.ts';
import { type Fault, FaultBook } from './faults/faults.ts';
import { empty, html } from './http/answers.ts';
import { type Call, CallLog } from './http/calls.ts';
import { Address, type Request } from './http/http.ts';
import type { Route } from './http/route.ts';
import type { ComponentName, Operation } from './operations.ts';
import { type DurationName, type Settings, type SimulatorOptions, settle } from './options.ts';
import { searchRoutes } from './search/search.ts';
import { type SnapshotState, SnapshotStore } from './search/snapshots.ts';

type SeedState = 'COMPLETED' | 'FAILED' | 'IN_PROGRESS' | 'INCOMPLETE';

interface SimulatorUrls {
  /** The management address of the gateway, or of the orchestration cluster (8.8 and later). */
  zeebe: string;
  /** The management address of each broker. */
  brokers: string[];
  /** The app port, with GET /v2/topology and (option `restExporting`) GET /v2/exporting. */
  rest: string;
  /** A web page, under every path. */
  web: string;
  operate?: string;
  tasklist?: string;
  webApplications?: string;
  optimize?: string;
  search?: string;
}

interface HeldSnapshot {
  name: string;
  state: SnapshotState;
  indices: string[];
  metadata?: Record<string, unknown>;
}

export interface Simulator {
  urls: SimulatorUrls;
  repository: string;
  order(fault: Fault): { cancel(): void };
  clearFaults(): void;
  /** Every request, in order. */
  calls(filter?: { operation?: Operation | 'unknown' }): Call[];
  exporterPhases(): { broker: number; partition: number; phase: ExporterPhase }[];
  setExporterPhase(phase: ExporterPhase, where?: Where): void;
  /** How many records the exporters are behind while they export. */
  setExporterLag(records: number): void;
  /** A change of the cluster is under way. */
  setPendingChange(isPending: boolean): void;
  /** What `GET /actuator/cluster` says of a broker, or of a partition on it: ACTIVE, JOINING, LEAVING, ... */
  setMemberState(state: string, where: Where): void;
  setHealth(health: Health, where?: Where): void;
  /** Of an exporter on every partition; one that was not there is added. */
  setExporterState(id: string, state: ExporterState): void;
  /** Of the partition's leader. */
  setProcessorPhase(phase: ProcessorPhase, partition: number): void;
  /** Since when some replica does not export. */
  pausedSince(): number | undefined;
  pauseHistory(): { pausedAt: number; resumedAt: number | undefined }[];
  backupIds(component: ComponentName): number[];
  backupState(component: ComponentName, id: number): string | undefined;
  seedBackup(component: ComponentName, id: number, state?: SeedState): void;
  stopBroker(broker: number): void;
  startBroker(broker: number): void;
  /** The search engine refuses connections, and the web applications cannot reach it either. */
  stopSearch(): void;
  startSearch(): void;
  snapshots(): HeldSnapshot[];
  /** The indices that the search engine has. */
  indices(): string[];
  removeRepository(name?: string): void;
  close(): Promise<void>;
}

const GRACE_MS = 300_000;

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const settings = settle(options);
  const { clock, repository } = settings;
  const faults = new FaultBook();
  const log = new CallLog(clock, faults);
  const brokers = new Brokers(clock, settings.brokers);
  const exporting = new Exporting(clock, settings.brokers, settings.partitions);
  const store = new SnapshotStore(
    clock,
    [...settings.recordsIndices, ...applicationIndices(settings)],
    settings.search === 'opensearch',
  );
  store.register(repository, { type: 's3', settings: { bucket: 'camunda-snapshots' } });
  const topology = new Topology(settings, brokers, exporting);
  const zeebeBackups = new ZeebeBackups(settings, (partition) => exporting.processed(partition));
  const course = (component: ComponentName) => () => faults.forBackup(component);

  const parts = (component: DurationName, name: PartPlan['name'], indices: string[][], graceMs: number) =>
    new PartBackups(settings, store, {
      name,
      parts: indices,
      durationMs: settings.durationsMs[component],
      graceMs,
      concurrent: component === 'optimize' && settings.search === 'opensearch',
    });
  const partBackups = {
    operate: parts('operate', 'operate', operateParts, 0),
    tasklist: parts('tasklist', 'tasklist', tasklistParts, 0),
    webApplications: parts('webApplications', 'webapps', webApplicationsParts, GRACE_MS),
    optimize: parts('optimize', 'optimize', optimizeParts, 0),
  };
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

  // One process for all of Zeebe: every 8.8 broker is one, and a single broker with its embedded gateway.
  const embedded = sharesAddress || settings.brokers === 1;
  const brokerAddresses = await Promise.all(
    brokers.ids.map((id) =>
      listen(`broker-${id}`, (self) =>
        zeebeManagement(zeebeParts, embedded ? 'broker with gateway' : 'broker', () => id, self),
      ),
    ),
  );
  // A service in front of the brokers, or the gateway: any living broker may answer.
  const anyBroker = () => brokers.alive()[0] ?? 0;
  const gateway = await listen('zeebe', (self) =>
    zeebeManagement(zeebeParts, embedded ? 'broker with gateway' : 'gateway', anyBroker, self),
  );
  const rest = await listen('rest', () => restRoutes(topology, settings));
  const web = await listen('web', () => () => ({ operation: 'web.page', handle: () => html() }));
  const { search: engine, basePath } = settings;
  const search = engine && (await listen('search', () => searchRoutes(settings, engine, store, faults)));

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

  const recordsSnapshots = () =>
    store
      .list(repository)
      .filter(({ name, partOfBackup }) => partOfBackup === undefined && /_\d+$/.test(name));
  const idOf = (name: string) => Number(/_(\d+)$/.exec(name)?.[1]);

  return {
    urls,
    repository,
    order: (fault) => faults.order(fault),
    clearFaults: () => faults.clear(),
    calls: (filter = {}) =>
      log.list().filter((call) => filter.operation === undefined || call.operation === filter.operation),
    exporterPhases: () => exporting.phases(),
    setExporterPhase: (phase, where) => exporting.setPhase(phase, where),
    setExporterLag: (records) => exporting.setLag(records),
    setPendingChange: (isPending) => topology.setChanging(isPending),
    setMemberState: (state, where) => topology.setState(state, where),
    setExporterState: (id, state) => topology.setExporterState(id, state),
    setHealth: (health, where = {}) => topology.setHealth(health, where),
    setProcessorPhase: (phase, partition) => topology.setProcessorPhase(phase, partition),
    pausedSince: () => exporting.pausedSince(),
    pauseHistory: () => exporting.history(),
    backupIds(component) {
      const ids =
        component === 'zeebe'
          ? zeebeBackups.ids()
          : component === 'records'
            ? recordsSnapshots().map(({ name }) => idOf(name))
            : partBackups[component].ids();
      return ids.sort((a, b) => a - b);
    },
    backupState(component, id) {
      if (component === 'zeebe') return zeebeBackups.info(id)?.state;
      if (component !== 'records') return partBackups[component].info(id)?.state;
      const snapshot = recordsSnapshots().find(({ name }) => idOf(name) === id);
      return snapshot && store.stateOf(snapshot);
    },
    seedBackup(component, id, state = 'COMPLETED') {
      if (component === 'zeebe') zeebeBackups.seed(id, state);
      else if (component === 'records') seedRecords(settings, store, id, state);
      else partBackups[component].seed(id, state);
    },
    stopBroker(broker) {
      const led = Array.from({ length: settings.partitions }, (_, index) => index + 1).filter(
        (partition) => brokers.leaderOf(partition) === broker,
      );
      brokers.stop(broker);
      zeebeBackups.leaderChanged(led);
      brokerAddresses[broker]?.stop();
      if (embedded && brokers.alive().length === 0) gateway.stop();
    },
    startBroker(broker) {
      brokers.start(broker);
      brokerAddresses[broker]?.start();
      gateway.start();
    },
    stopSearch() {
      store.isDown = true;
      if (search) search.stop();
    },
    startSearch() {
      store.isDown = false;
      if (search) search.start();
    },
    snapshots: () =>
      store.list(repository).map((snapshot) => ({
        name: snapshot.name,
        state: store.stateOf(snapshot),
        indices: [...snapshot.indices],
        ...(snapshot.metadata && { metadata: { ...snapshot.metadata } }),
      })),
    indices: () => [...store.indices],
    removeRepository: (name = repository) => void store.unregister(name),
    close: async () => {
      for (const address of addresses) address.stop();
    },
  };
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

function seedRecords(settings: Settings, store: SnapshotStore, id: number, state: SeedState): void {
  const startedAt = settings.clock.now() - 3_600_000;
  store.add(settings.repository, {
    name: `camunda_zeebe_records_backup_${id}`,
    indices: settings.recordsIndices,
    startedAt,
    endsAt: state === 'IN_PROGRESS' ? Number.POSITIVE_INFINITY : startedAt + 1000,
    // The nearest thing that a snapshot has to an incomplete backup.
    ...(state === 'INCOMPLETE' && { outcome: 'PARTIAL', failures: ['primary shard is not allocated'] }),
    ...(state === 'FAILED' && { outcome: 'FAILED', failures: ['aborted'] }),
  });
}

/** What the web applications keep in the search engine next to the records. */
function applicationIndices(settings: Settings): string[] {
  const indices = [
    ...(settings.operate ? operateParts.flat() : []),
    ...(settings.tasklist ? tasklistParts.flat() : []),
    ...(settings.webApplications ? webApplicationsParts.flat() : []),
    ...(settings.optimize ? optimizeParts.flat() : []),
  ];
  return [...new Set(indices)];
}
