import { setTimeout as sleep } from 'node:timers/promises';
import { call, mustCall, refused } from './http.ts';
import { type Layout, local, s3 } from './layout.ts';
import type { ServerName } from './members.ts';
import { deploy, startInstances } from './process-instances.ts';
import type { SnapshotRepository } from './repository.ts';
import { type RealSearchEngine, realSearchEngine } from './search-engine.ts';
import type { ServerGroup } from './server-group.ts';
import { storedPartitions } from './stored.ts';

/** Real servers on loopback, and what a test wants to know from them without asking the code under test. */
export interface RealCluster extends RealSearchEngine<ServerName> {
  /** As its gateway says. */
  camundaVersion: string;
  partitions: number;
  urls: {
    /** Management API. */
    zeebe: string;
    zeebeRest: string;
    /** Management API. */
    operate: string;
    /** Management API. */
    tasklist: string;
    search: string;
  };
  s3: {
    endpoint: string;
    bucket: string;
    folder: string;
    accessKey: string;
    secretKey: string;
    region: string;
  };
  deploy(): Promise<void>;
  startInstances(count: number): Promise<void>;
  /** By partition, from the broker itself. */
  exporterPhases(): Promise<Record<string, string>>;
  /** Documents in zeebe-record*. */
  exportedRecordCount(): Promise<number>;
  waitUntilExported(atLeast: number, timeoutMs: number): Promise<void>;
  /** The broker's own view of a backup; undefined when it knows none of this id. */
  zeebeBackup(id: number): Promise<unknown>;
  /** Zeebe's backup by partition, from the S3 store's own files: also while the store is stopped. */
  storedPartitions(id: number): Promise<Record<number, string>>;
}

/** Of servers that are ready. */
export async function realCluster(
  group: ServerGroup,
  layout: Layout,
  snapshotsIn: SnapshotRepository,
  close: () => Promise<void>,
): Promise<RealCluster> {
  const { ports, partitions } = layout;
  const engine = realSearchEngine(group, layout, snapshotsIn, close);
  const { search } = engine.urls;
  const zeebe = local(ports.zeebeManagement);
  const zeebeRest = local(ports.zeebeRest);
  const bucketFolder = `${layout.s3Folder}/${s3.bucket}`;
  const { gatewayVersion } = await mustCall<{ gatewayVersion: string }>(`${zeebeRest}/v2/topology`);

  const exportedRecordCount = async () => {
    await mustCall(`${search}/zeebe-record*/_refresh`, { method: 'POST' });
    return (await mustCall<{ count: number }>(`${search}/zeebe-record*/_count`)).count;
  };

  return {
    ...engine,
    camundaVersion: gatewayVersion,
    partitions,
    urls: {
      zeebe,
      zeebeRest,
      operate: local(ports.operateManagement),
      tasklist: local(ports.tasklistManagement),
      search,
    },
    s3: { ...s3, endpoint: local(ports.s3), folder: bucketFolder },

    deploy: () => deploy(zeebeRest),
    startInstances: (count) => startInstances(zeebeRest, count),

    exporterPhases: async () => {
      const answer = await mustCall<Record<string, { exporterPhase: string }>>(
        `${zeebe}/actuator/partitions`,
      );
      return Object.fromEntries(
        Object.entries(answer).map(([id, partition]) => [id, partition.exporterPhase]),
      );
    },
    exportedRecordCount,
    waitUntilExported: async (atLeast, timeoutMs) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const count = await exportedRecordCount();
        if (count >= atLeast) return;
        if (Date.now() > deadline)
          throw new Error(`${count} records exported, not ${atLeast}, after ${timeoutMs} ms`);
        await sleep(200);
      }
    },
    zeebeBackup: async (id) => {
      const url = `${zeebe}/actuator/backups/${id}`;
      const answer = await call(url);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw refused(url, 'GET', answer);
      return JSON.parse(answer.text);
    },
    storedPartitions: (id) => storedPartitions(bucketFolder, partitions, id),
  };
}
