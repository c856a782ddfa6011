import { BackupError } from '../../../core/errors.ts';
import { setUp as prepareWorld } from '../backup/prepare-world.ts';
import { at, yaml88 } from '../fake-cluster.ts';
import { type FakeSearch, fakeSearch, json, noAnswer, type Reply } from '../fakes.ts';

export const rest = 'http://zeebe:8080';
export const brokers = [0, 1, 2].map((id) => `http://zeebe-${id}:9600`);
export const cluster = `GET ${at.zeebe}/actuator/cluster`;
export const own = `GET ${at.zeebe}/actuator/partitions`;
export const topology = `GET ${rest}/v2/topology`;
export const exporting = `GET ${rest}/v2/exporting`;
export const zeebeList = `GET ${at.zeebe}/actuator/backupRuntime`;
export const historyList = `GET ${at.zeebe}/actuator/backupHistory`;

/** A replica as 8.6 shows it. */
export const leader = {
  role: 'LEADER',
  processedPosition: 200_000,
  snapshotId: null,
  processedPositionInSnapshot: null,
  streamProcessorPhase: 'PROCESSING',
  exporterPhase: 'EXPORTING',
  exportedPosition: 200_016,
};
export const follower = { ...leader, role: 'FOLLOWER', streamProcessorPhase: 'REPLAY', exportedPosition: 5 };

/** What a broker shows of partitions 1, 2, 3. */
export const shows = (...replicas: object[]) =>
  json(200, Object.fromEntries(replicas.map((replica, index) => [String(index + 1), replica])));

/** `GET /actuator/cluster` of three brokers that all have all three partitions. */
export const members = (change: { state?: string; partition?: string; rest?: object } = {}) =>
  json(200, {
    version: 1,
    brokers: [0, 1, 2].map((id) => ({
      id,
      state: id === 1 ? (change.state ?? 'ACTIVE') : 'ACTIVE',
      partitions: [1, 2, 3].map((partition) => ({
        id: partition,
        state: id === 1 && partition === 2 ? (change.partition ?? 'ACTIVE') : 'ACTIVE',
      })),
    })),
    ...change.rest,
  });

export const replicasOfRest = (change: object = {}) =>
  [1, 2, 3].map((partitionId) => ({
    partitionId,
    role: 'leader',
    health: 'healthy',
    ...(partitionId === 2 ? change : {}),
  }));
export const topologyOf = (partitions: object[], clusterSize = 1) =>
  json(200, { brokers: [{ nodeId: 0, partitions }], clusterSize, partitionsCount: 3, replicationFactor: 1 });

export interface World {
  replies: Record<string, Reply>;
  search?: FakeSearch;
  /** Lines of the cluster's settings. */
  settings?: string;
  /** Settings of Zeebe behind its url. */
  zeebe?: string;
}

export const threeBrokers = (...pages: Reply[]): World => ({
  zeebe: `, brokers: [${brokers.join(', ')}]`,
  replies: {
    [cluster]: members(),
    ...Object.fromEntries(
      brokers.map((url, index) => [`GET ${url}/actuator/partitions`, pages[index] ?? noAnswer(url)]),
    ),
  },
});
export const led = [
  shows(leader, follower, follower),
  shows(follower, leader, follower),
  shows(follower, follower, leader),
] as const;
export const withRest = (replies: Record<string, Reply>): World => ({
  zeebe: `, rest: { url: ${rest} }`,
  replies,
});

/** A cluster that shows, as the real ones do it, everything that the checks look at. */
export function setUp({ replies, search = fakeSearch(), settings = '', zeebe = '' }: World) {
  const yaml = yaml88.replace(`zeebe: { url: ${at.zeebe} }`, `zeebe: { url: ${at.zeebe}${zeebe} }`);
  return prepareWorld({
    yaml,
    settings,
    search,
    replies: { [own]: shows(leader, leader, leader), ...replies },
  });
}

export const passes = async (world: World) => (await setUp(world).prepare()).warnings;

export async function broken(): Promise<never> {
  throw new BackupError('ServerTrouble', 'node 2 cannot write');
}
