import type { ClusterFacts, Facts, SearchFacts } from '../../../core/checks/facts.ts';
import type { BrokerView, ReplicaView } from '../../../core/components/zeebe/topology.ts';
import { type ClusterConfig, chooseCluster } from '../../../core/config/schema.ts';
import { at, yaml88 } from '../fake-cluster.ts';
import { testContext } from '../fakes.ts';

const { cluster: config } = chooseCluster(await testContext({ yaml: yaml88 }).config(), 'production');

/** A replica that shows everything, as 8.7 does, and is well. */
export const replica = (partition: number, change: Partial<ReplicaView> = {}): ReplicaView => ({
  broker: `${at.zeebe}/actuator/partitions`,
  partition,
  phase: 'EXPORTING',
  role: 'LEADER',
  processorPhase: 'PROCESSING',
  health: 'HEALTHY',
  processedPosition: 200_000,
  exportedPosition: 200_000,
  ...change,
});

export const broker = (...replicas: ReplicaView[]): BrokerView => ({
  broker: `${at.zeebe}/actuator/partitions`,
  replicas,
});

/** Brokers that the cluster's own list has, each with the partitions that it should have. */
export const members = (...partitionsOf: number[][]): ClusterFacts['topology'] => ({
  brokers: partitionsOf.map((partitions, index) => ({
    id: String(index),
    state: 'ACTIVE',
    partitions: partitions.map((id) => ({ id, state: 'ACTIVE', exporters: [] })),
  })),
  pendingChange: undefined,
  tenants: [],
});

/** What is known of a cluster of one broker with three partitions, of which nothing is wrong. */
export function factsOf({
  cluster = {},
  search = {},
  ours = {},
  settings = {},
}: {
  cluster?: Partial<ClusterFacts>;
  search?: Partial<SearchFacts>;
  ours?: Partial<Facts['ours']>;
  settings?: Partial<ClusterConfig>;
} = {}): Facts {
  const zeebe = {
    kind: 'zeebe',
    component: 'zeebe',
    url: at.zeebe,
    path: 'backupRuntime',
    partitions: 3,
  } as const;
  return {
    config: { ...config, ...settings },
    ours: {
      runId: 'run-1',
      ids: [],
      paused: false,
      deleteLeftovers: 'camunda-backup repair --delete-leftovers',
      resume: 'camunda-backup repair --resume-unexplained',
      ledgerIds: [],
      near: 7,
      ...ours,
    },
    problems: [],
    cluster: {
      order: 'PAUSE_FIRST',
      exporting: { url: at.zeebe, brokers: [at.zeebe], partitions: 3, provable: true },
      targets: [zeebe],
      topology: members([1, 2, 3]),
      brokers: [broker(replica(1), replica(2), replica(3))],
      replicas: { read: [], unread: [] },
      idleExporters: [],
      discovered: { endpoints: new Set(['backupRuntime', 'backupHistory']), version: '8.8.3' },
      lists: [{ target: zeebe, backups: [] }],
      gateway: undefined,
      ...cluster,
    },
    search: {
      address: { engine: 'elasticsearch', url: 'http://es:9200', repository: 'camunda' },
      repository: { known: { readonly: undefined } },
      verified: { known: undefined },
      deletions: { known: [] },
      recordIndices: { known: ['zeebe-record_job_8.8.0_2026-11-20'] },
      camundaIndices: { known: ['zeebe-record_job_8.8.0_2026-11-20'] },
      ...search,
    },
  };
}
