import { actuator, empty, json } from './answers.ts';
import type { Brokers } from './brokers.ts';
import type { Exporting } from './exporting.ts';
import type { Answer, Request } from './http.ts';
import type { Settings } from './options.ts';

/** What the cluster says about itself: brokers, partitions and who leads them. */
export class Topology {
  readonly #settings: Settings;
  readonly #brokers: Brokers;
  readonly #exporting: Exporting;

  constructor(settings: Settings, brokers: Brokers, exporting: Exporting) {
    this.#settings = settings;
    this.#brokers = brokers;
    this.#exporting = exporting;
  }

  /** `GET /actuator/partitions`: one broker's view, keyed by partition. */
  partitions(request: Request, broker: number, only?: number): Answer {
    const entries = this.#partitionIds()
      .filter((partition) => only === undefined || partition === only)
      .map((partition) => [String(partition), this.#partition(broker, partition)]);
    if (only === undefined) return actuator(request, 200, Object.fromEntries(entries));
    const [entry] = entries;
    return entry === undefined ? empty(404) : actuator(request, 200, entry[1]);
  }

  /** `GET /actuator/cluster`: the configured cluster. A dead broker is still ACTIVE here. */
  cluster(): Answer {
    const brokers = this.#brokers.ids.map((id) => ({
      id,
      state: 'ACTIVE',
      version: 0,
      lastUpdatedAt: '0000-01-01T00:00:00Z',
      partitions: this.#partitionIds().map((partition) => ({
        id: partition,
        state: 'ACTIVE',
        priority: 1,
        config: { exporting: { exporters: [] } },
      })),
    }));
    return json(200, { version: 1, brokers });
  }

  /** `GET /v2/topology` on the app port. */
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
          health: 'healthy',
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

  #partition(broker: number, partition: number): unknown {
    const replica = this.#exporting.replica(broker, partition);
    const leads = this.#brokers.leaderOf(partition) === broker;
    const processed = this.#exporting.processed(partition);
    const snapshot = Math.max(0, processed - 28);
    return {
      role: leads ? 'LEADER' : 'FOLLOWER',
      // A follower replays: its positions say nothing about the exporters.
      processedPosition: leads ? processed : processed - 7,
      snapshotId: `13-1-${snapshot}-${snapshot + 16}${this.#settings.camunda === '8.5' ? '' : '-0'}`,
      processedPositionInSnapshot: snapshot,
      streamProcessorPhase: leads ? 'PROCESSING' : 'REPLAY',
      exporterPhase: replica?.phase ?? 'CLOSED',
      exportedPosition: leads ? (replica?.exported ?? -1) : (replica?.exported ?? -1) - 7,
      ...(this.#settings.camunda !== '8.5' && {
        clock: {
          instant: new Date(this.#settings.clock.now()).toISOString(),
          modificationType: 'None',
          modification: {},
        },
      }),
    };
  }

  #partitionIds(): number[] {
    return Array.from({ length: this.#settings.partitions }, (_, index) => index + 1);
  }
}
