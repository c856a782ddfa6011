import * as z from 'zod';
import type { Management } from '../../connect/management.ts';
import { noAnswer } from '../../error-names.ts';
import { type BackupError, isBackupError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { tenantList, tenantOfPartition, tenantsIn } from './tenants.ts';

/**
 * The parts of the cluster and their states, in three views: the configured cluster (`GET /actuator/cluster`), each
 * broker's view of its own partitions (`GET /actuator/partitions`), and the gateway's view of all of them
 * (`GET /v2/topology` on the application port). Older versions omit fields; then their values are not known.
 */
const text = z.string().nullish().catch(undefined);
const position = z.number().nullish().catch(undefined);
/** A number, or a text such as `eu-west_0` in a zone-aware cluster (8.10). It is only printed. */
const brokerId = z.union([z.number(), z.string()]).transform(String);

/** The exporters of a partition, from 8.6 on. */
const partitionConfig = z
  .object({
    exporting: z.object({ exporters: z.array(z.object({ id: z.string(), state: z.string() })) }),
  })
  .nullish()
  .catch(undefined);

const cluster = z.object({
  brokers: z.array(
    z.object({
      id: brokerId,
      state: text,
      partitions: z
        .array(z.object({ id: z.number(), state: text, config: partitionConfig, ...tenantOfPartition }))
        .nullish(),
      physicalTenants: tenantList,
    }),
  ),
  physicalTenants: tenantList,
  pendingChange: z
    .object({ id: z.union([z.number(), z.string()]).nullish().catch(undefined), status: text })
    .nullish(),
});

export interface ClusterTopology {
  brokers: { id: string; state: string | undefined; partitions: PartitionState[] }[];
  /** A change of the cluster that is not complete, in a few words. */
  pendingChange: string | undefined;
  /** The names of the physical tenants in the answer (8.10). */
  tenants: string[];
}

interface PartitionState {
  id: number;
  state: string | undefined;
  /** The states are ENABLED, DISABLED and others. The list is empty if the exporters are not shown. */
  exporters: { id: string; state: string }[];
}

/** Reads the configured cluster. A dead broker is still ACTIVE in it. */
export async function readCluster(zeebe: Management): Promise<ClusterTopology> {
  const answer = await zeebe.ask('GET', 'cluster');
  if (answer.status !== 200) throw zeebe.refused('GET', 'cluster', answer);
  const { brokers, pendingChange, physicalTenants } = zeebe.read('GET', 'cluster', answer, cluster);
  return {
    tenants: tenantsIn(
      physicalTenants,
      ...brokers.map((broker) => broker.physicalTenants),
      ...brokers.map(({ partitions }) => partitions),
    ),
    brokers: brokers.map(({ id, state, partitions }) => ({
      id,
      state: state?.toUpperCase(),
      partitions: (partitions ?? []).map((partition) => ({
        id: partition.id,
        state: partition.state?.toUpperCase(),
        exporters: (partition.config?.exporting.exporters ?? []).map((exporter) => ({
          id: exporter.id,
          state: exporter.state.toUpperCase(),
        })),
      })),
    })),
    pendingChange: pendingChange
      ? `change ${pendingChange.id ?? 'without id'} is ${pendingChange.status ?? 'pending'}`
      : undefined,
  };
}

export function countPartitions({ brokers }: ClusterTopology): number {
  return new Set(brokers.flatMap(({ partitions }) => partitions.map(({ id }) => id))).size;
}

/** The answer for one tenant, by partition id. `health` exists from 8.7 on. */
const partitions = z.record(
  z.string().regex(/^\d+$/),
  z.object({
    exporterPhase: z.string(),
    role: text,
    streamProcessorPhase: text,
    processedPosition: position,
    exportedPosition: position,
    health: z.object({ status: text }).nullish().catch(undefined),
  }),
);
/** The answer for several physical tenants, by tenant (8.10). */
const partitionsByTenant = z.record(z.string(), partitions);

/** One replica of a partition, as its broker sees it. */
export interface ReplicaView {
  /** The address that answered. */
  broker: string;
  partition: number;
  /** The server's own word: EXPORTING, PAUSED, SOFT_PAUSED, CLOSED, or a word of a later version. */
  phase: string;
  role: string | undefined;
  processorPhase: string | undefined;
  health: string | undefined;
  processedPosition: number | undefined;
  exportedPosition: number | undefined;
}

export interface BrokerView {
  broker: string;
  replicas: ReplicaView[];
  /** The names of the physical tenants if there are several. Then `replicas` is empty. */
  tenants?: string[];
  /** The reason why this address could not be read. Its replicas are not known then. */
  error?: BackupError;
}

/** Asks every broker for its own replicas. */
export function readBrokers(brokers: Management[]): Promise<BrokerView[]> {
  return Promise.all(brokers.map(readBroker));
}

async function readBroker(server: Management): Promise<BrokerView> {
  const path = 'partitions';
  const broker = server.url(path);
  try {
    const answer = await server.ask('GET', path);
    if (answer.status !== 200) return { broker, replicas: [], error: server.refused('GET', path, answer) };
    const tenants = partitionsByTenant.safeParse(parseJson(answer.text)).data ?? {};
    if (Object.keys(tenants).length > 1) return { broker, replicas: [], tenants: Object.keys(tenants) };
    const found = Object.values(tenants)[0] ?? server.read('GET', path, answer, partitions);
    return {
      broker,
      replicas: Object.entries(found).map(([partition, { exporterPhase, health, ...rest }]) => ({
        broker,
        partition: Number(partition),
        phase: exporterPhase.toUpperCase(),
        role: rest.role?.toUpperCase(),
        processorPhase: rest.streamProcessorPhase?.toUpperCase(),
        health: health?.status?.toUpperCase(),
        processedPosition: rest.processedPosition ?? undefined,
        exportedPosition: rest.exportedPosition ?? undefined,
      })),
    };
  } catch (error) {
    if (isBackupError(error, ...noAnswer, 'UnexpectedAnswer')) return { broker, replicas: [], error };
    throw error;
  }
}

const versions = z.object({ brokers: z.array(z.object({ version: z.string() })).min(1) });

/** Reads the version of the brokers from the gateway; undefined if they differ or the gateway does not answer. */
export async function readBrokerVersion(rest: Management): Promise<string | undefined> {
  try {
    const answer = await rest.ask('GET', 'topology');
    if (answer.status !== 200) return undefined;
    const { brokers } = rest.read('GET', 'topology', answer, versions);
    const [version, ...others] = new Set(brokers.map((broker) => broker.version));
    return others.length === 0 ? version : undefined;
  } catch (error) {
    // The check of the brokers reports why the REST API cannot be asked.
    if (isBackupError(error)) return undefined;
    throw error;
  }
}

const topology = z.object({
  brokers: z.array(
    z.object({ partitions: z.array(z.object({ partitionId: z.number(), role: text, health: text })) }),
  ),
  clusterSize: z.number(),
  partitionsCount: z.number(),
});

/** The gateway's view, which contains only the brokers that are there. */
export interface GatewayTopology {
  url: string;
  brokers: number;
  clusterSize: number;
  partitions: number;
  replicas: { partition: number; role: string | undefined; health: string | undefined }[];
}

export async function readGatewayTopology(rest: Management): Promise<GatewayTopology> {
  const path = 'topology';
  const answer = await rest.ask('GET', path);
  if (answer.status !== 200) throw rest.refused('GET', path, answer);
  const { brokers, clusterSize, partitionsCount } = rest.read('GET', path, answer, topology);
  return {
    url: rest.url(path),
    brokers: brokers.length,
    clusterSize,
    partitions: partitionsCount,
    // The case of these words differs between versions.
    replicas: brokers.flatMap(({ partitions }) =>
      partitions.map(({ partitionId, role, health }) => ({
        partition: partitionId,
        role: role?.toUpperCase(),
        health: health?.toUpperCase(),
      })),
    ),
  };
}
