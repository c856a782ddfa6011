import { setTimeout as sleep } from 'node:timers/promises';
import { call, mustCall, refused } from './http.ts';
import { type Layout, local, repository, s3 } from './layout.ts';
import { deploy, startInstances } from './process-instances.ts';
import type { ServerGroup, ServerName } from './server-group.ts';
import { storedPartitions, storedSnapshots } from './stored.ts';
import { versions } from './versions.ts';

/** Real servers on loopback, and what a test wants to know from them without asking the code under test. */
export interface RealCluster {
  camundaVersion: typeof versions.camunda;
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
  repository: string;
  repositoryFolder: string;
  s3: {
    endpoint: string;
    bucket: string;
    folder: string;
    accessKey: string;
    secretKey: string;
    region: string;
  };
  /** Data and a log file for each server; gone after close. */
  runFolder: string;
  /** SIGKILL if nothing else is said; resolves when the process is gone. */
  kill(server: ServerName, signal?: NodeJS.Signals): Promise<void>;
  /** In an orderly way. */
  stop(server: ServerName): Promise<void>;
  /** With the same data and ports; resolves when it is ready. */
  start(server: ServerName): Promise<void>;
  /** Keeps its connections and answers nothing. */
  suspend(server: ServerName): void;
  resume(server: ServerName): void;
  deploy(): Promise<void>;
  startInstances(count: number): Promise<void>;
  /** By partition, from the broker itself. */
  exporterPhases(): Promise<Record<string, string>>;
  /** Documents in zeebe-record*. */
  exportedRecordCount(): Promise<number>;
  waitUntilExported(atLeast: number, timeoutMs: number): Promise<void>;
  /** From the search engine itself. */
  snapshots(): Promise<{ name: string; state: string }[]>;
  /** The broker's own view of a backup; undefined when it knows none of this id. */
  zeebeBackup(id: number): Promise<unknown>;
  /** Zeebe's backup by partition, from the S3 store's own files: also while the store is stopped. */
  storedPartitions(id: number): Promise<Record<number, string>>;
  /** Names of the snapshots that are SUCCESS, from the repository's own files: also while the engine is stopped. */
  storedSnapshots(): Promise<string[]>;
  removeRepository(): Promise<void>;
  registerRepository(): Promise<void>;
  /** Ends what was started and removes the run folder. */
  close(): Promise<void>;
}

export function realCluster(group: ServerGroup, layout: Layout, close: () => Promise<void>): RealCluster {
  const { ports, folder, repositoryFolder, partitions } = layout;
  const search = local(ports.search);
  const zeebe = local(ports.zeebeManagement);
  const zeebeRest = local(ports.zeebeRest);
  const bucketFolder = `${layout.s3Folder}/${s3.bucket}`;

  const exportedRecordCount = async () => {
    await mustCall(`${search}/zeebe-record*/_refresh`, { method: 'POST' });
    return (await mustCall<{ count: number }>(`${search}/zeebe-record*/_count`)).count;
  };

  return {
    camundaVersion: versions.camunda,
    partitions,
    urls: {
      zeebe,
      zeebeRest,
      operate: local(ports.operateManagement),
      tasklist: local(ports.tasklistManagement),
      search,
    },
    repository,
    repositoryFolder,
    s3: { ...s3, endpoint: local(ports.s3), folder: bucketFolder },
    runFolder: folder,

    kill: (server, signal) => group.kill(server, signal),
    stop: (server) => group.stop(server),
    start: (server) => group.start(server),
    suspend: (server) => group.suspend(server),
    resume: (server) => group.resume(server),

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
    snapshots: async () => {
      const url = `${search}/_snapshot/${repository}/_all`;
      const { snapshots } = await mustCall<{ snapshots: { snapshot: string; state: string }[] }>(url);
      return snapshots.map(({ snapshot, state }) => ({ name: snapshot, state }));
    },
    zeebeBackup: async (id) => {
      const url = `${zeebe}/actuator/backups/${id}`;
      const answer = await call(url);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw refused(url, 'GET', answer);
      return JSON.parse(answer.text);
    },

    storedPartitions: (id) => storedPartitions(bucketFolder, partitions, id),
    storedSnapshots: () => storedSnapshots(repositoryFolder),

    removeRepository: async () => {
      await mustCall(`${search}/_snapshot/${repository}`, { method: 'DELETE' });
    },
    registerRepository: () => registerRepository(layout),
    close,
  };
}

export async function registerRepository({ ports, repositoryFolder }: Layout): Promise<void> {
  await mustCall(`${local(ports.search)}/_snapshot/${repository}`, {
    method: 'PUT',
    body: { type: 'fs', settings: { location: repositoryFolder } },
  });
}
