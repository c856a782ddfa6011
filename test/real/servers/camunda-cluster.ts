import { setTimeout as sleep } from 'node:timers/promises';
import { call, mustCall, refused } from './http.ts';
import { startInstances } from './process-instances.ts';
import type { RealSearchEngine } from './search-engine.ts';

/** A Camunda cluster on loopback, and what a test wants to know from it without asking the code under test. */
export interface CamundaCluster<Name extends string = string> extends RealSearchEngine<Name> {
  /** As its gateway says. */
  camundaVersion: string;
  partitions: number;
  urls: {
    /** Management API. */
    zeebe: string;
    zeebeRest: string;
    search: string;
  };
  /** As a configuration names them, without the records. */
  components: Record<string, { url: string }>;
  /** How many snapshots the parts of each application are. */
  partCounts: Record<string, number>;
  startInstances(count: number): Promise<void>;
  /** By partition, from the broker itself. */
  exporterPhases(): Promise<Record<string, string>>;
  /** Documents in zeebe-record*. */
  exportedRecordCount(): Promise<number>;
  waitUntilExported(atLeast: number, timeoutMs: number): Promise<void>;
  /** The broker's own view of a backup; undefined when it knows none of this id. */
  zeebeBackup(id: number): Promise<unknown>;
  /** Zeebe's backup by partition, from the files or objects of its store: also while the server of files is stopped. */
  storedPartitions(id: number): Promise<Record<number, string>>;
}

type Views = Pick<
  CamundaCluster,
  'startInstances' | 'exporterPhases' | 'exportedRecordCount' | 'waitUntilExported' | 'zeebeBackup'
>;

/** `backups`: the path of Zeebe's backups below the management address. */
export function viewsOf({ zeebe, zeebeRest, search }: CamundaCluster['urls'], backups: string): Views {
  const exportedRecordCount = async () => {
    await mustCall(`${search}/zeebe-record*/_refresh`, { method: 'POST' });
    return (await mustCall<{ count: number }>(`${search}/zeebe-record*/_count`)).count;
  };
  return {
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
      const url = `${zeebe}/actuator/${backups}/${id}`;
      const answer = await call(url);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw refused(url, 'GET', answer);
      return JSON.parse(answer.text);
    },
  };
}
