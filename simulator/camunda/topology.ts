import { actuator, empty, json, problem } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Settings } from '../options.ts';
import type { Brokers } from './brokers.ts';
import type { Exporting } from './exporting.ts';

export type Health = 'HEALTHY' | 'UNHEALTHY' | 'DEAD';
export type ExporterState =
  | 'ENABLING'
  | 'ENABLED'
  | 'DISABLING'
  | 'DISABLED'
  | 'UNKNOWN'
  | 'CONFIG_NOT_FOUND';
export type ProcessorPhase = 'INITIAL' | 'REPLAY' | 'PROCESSING' | 'PAUSED' | 'FAILED';

/** A broker, a partition on every broker, one replica, or (without both fields) everything. */
export interface Where {
  broker?: number | undefined;
  partition?: number | undefined;
}

/** The answers of the cluster about its brokers, its partitions and their leaders. */
export class Topology {
  readonly #states: { state: string; where: Where }[] = [];
  readonly #healths: { health: Health; where: Where }[] = [];
  readonly #phases = new Map<number, ProcessorPhase>();
  /** The states of the exporters, by id. They are the same on every partition. */
  readonly #exporters = new Map<string, ExporterState>();
  #isChanging = false;
  readonly #settings: Settings;
  readonly #brokers: Brokers;
  readonly #exporting: Exporting;

  constructor(settings: Settings, brokers: Brokers, exporting: Exporting) {
    this.#settings = settings;
    this.#brokers = brokers;
    this.#exporting = exporting;
    if (settings.webApplications) this.#exporters.set('camundaexporter', 'ENABLED');
  }

  setExporterState(id: string, state: ExporterState): void {
    this.#exporters.set(id, state);
  }

  setChanging(isChanging: boolean): void {
    this.#isChanging = isChanging;
  }

  /** Sets the state of a partition on a broker, or of the broker itself if `where` has no partition. */
  setState(state: string, where: Where): void {
    this.#states.push({ state, where });
  }

  setHealth(health: Health, where: Where): void {
    this.#healths.push({ health, where });
  }

  /** Sets the phase of the stream processor on the partition's leader. */
  setProcessorPhase(phase: ProcessorPhase, partition: number): void {
    this.#phases.set(partition, phase);
  }

  /** Answers `GET /actuator/partitions` with one broker's view, by partition. */
  partitions(request: Request, broker: number, only?: number): Answer {
    const entries = this.#partitionIds()
      .filter((partition) => only === undefined || partition === only)
      .map((partition) => [String(partition), this.#partition(broker, partition)]);
    if (only === undefined) return actuator(request, 200, Object.fromEntries(entries));
    const [entry] = entries;
    return entry === undefined ? empty(404) : actuator(request, 200, entry[1]);
  }

  /** Answers `GET /actuator/cluster` with the configured cluster, in which a dead broker is still ACTIVE. */
  cluster(): Answer {
    const brokers = this.#brokers.ids.map((id) => ({
      id,
      state:
        this.#states.findLast(({ where }) => where.partition === undefined && isAt(where, id))?.state ??
        'ACTIVE',
      version: 0,
      lastUpdatedAt: '0000-01-01T00:00:00Z',
      partitions: this.#partitionIds().map((partition) => ({
        id: partition,
        state:
          this.#states.findLast(({ where }) => where.partition !== undefined && isAt(where, id, partition))
            ?.state ?? 'ACTIVE',
        priority: 1,
        config: { exporting: { exporters: [...this.#exporters].map(([id, state]) => ({ id, state })) } },
      })),
    }));
    return json(200, {
      version: 1,
      brokers,
      ...(this.#isChanging && {
        pendingChange: {
          id: 2,
          status: 'IN_PROGRESS',
          completed: [],
          pending: [{ operation: 'PARTITION_JOIN', brokerId: 0, partitionId: 1, priority: 1 }],
        },
      }),
    });
  }

  /** Answers `GET /actuator/exporters`, which exists from 8.6 on. */
  exporters(request: Request): Answer {
    const listed = [...this.#exporters].map(([exporterId, status]) => ({ exporterId, status }));
    return actuator(request, 200, listed);
  }

  /** Answers `GET /v2/topology` on the application's port. */
  rest(): Answer {
    const { version, partitions, brokers, orchestrationCluster, camunda } = this.#settings;
    return json(200, {
      brokers: this.#brokers.known().map((nodeId) => ({
        nodeId,
        host: `zeebe-${nodeId}.zeebe`,
        port: 26_501,
        partitions: this.#partitionIds().map((partitionId) => ({
          partitionId,
          role: this.#brokers.leaderOf(partitionId) === nodeId ? 'leader' : 'follower',
          health: this.#health(nodeId, partitionId).toLowerCase(),
        })),
        version,
      })),
      clusterSize: brokers,
      partitionsCount: partitions,
      replicationFactor: brokers,
      gatewayVersion: version,
      ...(orchestrationCluster && { lastCompletedChangeId: '-1' }),
      ...(camunda === '8.9' && { clusterId: 'simulated' }),
    });
  }

  /** Answers `GET /v2/exporting` on the application's port for all replicas together. */
  restExporting(): Answer {
    if (this.#brokers.dead().length > 0) {
      return problem(503, '/v2/exporting', 'Expected all members of partition 1, but some are not there');
    }
    const [phase = 'MIXED', ...others] = new Set(this.#exporting.phases().map((replica) => replica.phase));
    return json(200, { status: others.length > 0 || phase === 'CLOSED' ? 'MIXED' : phase });
  }

  #health(broker: number, partition: number): Health {
    return this.#healths.findLast(({ where }) => isAt(where, broker, partition))?.health ?? 'HEALTHY';
  }

  #partition(broker: number, partition: number): unknown {
    const replica = this.#exporting.replica(broker, partition);
    const leads = this.#brokers.leaderOf(partition) === broker;
    const processed = this.#exporting.processed(partition);
    const snapshot = this.#exporting.snapshot(partition);
    return {
      role: leads ? 'LEADER' : 'FOLLOWER',
      // A follower replays, so its positions say nothing about the exporters.
      processedPosition: leads ? processed : processed - 7,
      ...(snapshot && { snapshotId: snapshot.id, processedPositionInSnapshot: snapshot.processed }),
      streamProcessorPhase: leads ? (this.#phases.get(partition) ?? 'PROCESSING') : 'REPLAY',
      exporterPhase: replica?.phase ?? 'CLOSED',
      exportedPosition: leads ? (replica?.exported ?? -1) : (replica?.exported ?? -1) - 7,
      ...(this.#settings.camunda !== '8.5' && {
        clock: {
          instant: new Date(this.#settings.clock.now()).toISOString(),
          modificationType: 'None',
          modification: {},
        },
      }),
      ...(this.#settings.camunda !== '8.5' &&
        this.#settings.camunda !== '8.6' && {
          health: {
            id: `Partition-${partition}`,
            name: `Partition-${partition}`,
            status: this.#health(broker, partition),
            children: [],
          },
        }),
    };
  }

  #partitionIds(): number[] {
    return Array.from({ length: this.#settings.partitions }, (_, index) => index + 1);
  }
}

function isAt(where: Where, broker: number, partition?: number): boolean {
  return (
    (where.broker === undefined || where.broker === broker) &&
    (where.partition === undefined || partition === undefined || where.partition === partition)
  );
}
