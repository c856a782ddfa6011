import type { ExporterPhase } from './camunda/exporting.ts';
import type { ExporterState, Health, ProcessorPhase, Where } from './camunda/topology.ts';
import { makeCluster } from './cluster.ts';
import { type Fault, FaultBook } from './faults/faults.ts';
import { type Call, CallLog } from './http/calls.ts';
import type { ComponentName, Operation } from './operations.ts';
import { type SimulatorOptions, settle } from './options.ts';
import { RecordsBackups, type SeedState } from './search/records-backups.ts';
import type { SnapshotState } from './search/snapshots.ts';
import { type SimulatorUrls, serve } from './serve.ts';

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
  /** All requests, in order. */
  calls(filter?: { operation?: Operation | 'unknown' }): Call[];
  exporterPhases(): { broker: number; partition: number; phase: ExporterPhase }[];
  setExporterPhase(phase: ExporterPhase, where?: Where): void;
  /** Sets how many records the exporters are behind while they export. */
  setExporterLag(records: number): void;
  /** Sets whether the cluster reports a pending change. */
  setPendingChange(isPending: boolean): void;
  /** Sets the state of a broker, or of a partition on it, in `GET /actuator/cluster`: ACTIVE, JOINING, LEAVING, ... */
  setMemberState(state: string, where: Where): void;
  setHealth(health: Health, where?: Where): void;
  /** Sets the state of an exporter on every partition, and adds a missing exporter. */
  setExporterState(id: string, state: ExporterState): void;
  /** Sets the phase of the stream processor on the partition's leader. */
  setProcessorPhase(phase: ProcessorPhase, partition: number): void;
  /** The instant since which a replica does not export; undefined if all export. */
  pausedSince(): number | undefined;
  pauseHistory(): { pausedAt: number; resumedAt: number | undefined }[];
  backupIds(component: ComponentName): number[];
  backupState(component: ComponentName, id: number): string | undefined;
  seedBackup(component: ComponentName, id: number, state?: SeedState): void;
  stopBroker(broker: number): void;
  startBroker(broker: number): void;
  /** Makes the search engine refuse connections, including those of the web applications. */
  stopSearch(): void;
  startSearch(): void;
  snapshots(): HeldSnapshot[];
  /** The names of the indices in the search engine. */
  indices(): string[];
  removeRepository(name?: string): void;
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const settings = settle(options);
  const { repository } = settings;
  const faults = new FaultBook();
  const log = new CallLog(settings.clock, faults);
  const cluster = makeCluster(settings);
  const { brokers, exporting, topology, store, zeebeBackups, partBackups } = cluster;
  const addresses = await serve(cluster, faults, log);
  const records = new RecordsBackups(settings, store);
  const backupsOf = (component: Exclude<ComponentName, 'records'>) =>
    component === 'zeebe' ? zeebeBackups : partBackups[component];

  return {
    urls: addresses.urls,
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
      const ids = component === 'records' ? records.ids() : backupsOf(component).ids();
      return ids.sort((a, b) => a - b);
    },
    backupState: (component, id) =>
      component === 'records' ? records.state(id) : backupsOf(component).info(id)?.state,
    seedBackup: (component, id, state = 'COMPLETED') =>
      component === 'records' ? records.seed(id, state) : backupsOf(component).seed(id, state),
    stopBroker(broker) {
      const led = Array.from({ length: settings.partitions }, (_, index) => index + 1).filter(
        (partition) => brokers.leaderOf(partition) === broker,
      );
      brokers.stop(broker);
      zeebeBackups.leaderChanged(led);
      addresses.brokers[broker]?.stop();
      if (addresses.embedded && brokers.alive().length === 0) addresses.gateway.stop();
    },
    startBroker(broker) {
      brokers.start(broker);
      addresses.brokers[broker]?.start();
      addresses.gateway.start();
    },
    stopSearch() {
      store.isDown = true;
      addresses.search?.stop();
    },
    startSearch() {
      store.isDown = false;
      addresses.search?.start();
    },
    snapshots: () =>
      store.list(repository).map((snapshot) => ({
        name: snapshot.name,
        state: store.stateOf(snapshot),
        indices: [...snapshot.indices],
        ...(snapshot.metadata && { metadata: { ...snapshot.metadata } }),
      })),
    indices: () => store.indices.names(),
    removeRepository: (name = repository) => void store.unregister(name),
    close: async () => {
      for (const address of addresses.all) address.stop();
    },
  };
}
