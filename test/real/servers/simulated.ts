import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ApplicationName,
  applicationInstances,
  type ShownInstance,
} from '../../../simulator/applications/index.ts';
import type { WorkInstance } from '../../../simulator/camunda/work-endpoint.ts';
import { type ClusterOnDisk, openDataFolder } from '../../../simulator/real/data-folder.ts';
import { type RealPartsOptions, settleReal } from '../../../simulator/real/options.ts';
import { type ProcessName, processesOf } from '../../../simulator/real/processes.ts';
import type { Launch } from '../../support/servers/server-process.ts';
import { type CamundaCluster, viewsOf } from './camunda-cluster.ts';
import { answersOk, mustCall } from './http.ts';
import { local, repository } from './layout.ts';
import { type Member, type Place, processOf } from './members.ts';
import type { RealSearchEngine } from './search-engine.ts';
import { type StateAt, storedPartitions } from './stored.ts';

/** Camunda's processes as the simulator has them, on a real search engine and a real store. */
export interface SimulatedCluster extends CamundaCluster {
  /** What the engine itself knows. */
  engineInstances(): Promise<WorkInstance[]>;
  applications: readonly ApplicationName[];
  /** What an application has in its indices. */
  shownInstances(application: ApplicationName): Promise<ShownInstance[]>;
}

interface Version {
  applications: readonly ApplicationName[];
  partCounts: Partial<Record<ApplicationName, number>>;
  /** The path of Zeebe's backups below the management address. */
  backups: string;
}

/** What differs from version to version. */
const versions = {
  '8.7': {
    applications: ['operate', 'tasklist', 'optimize'],
    partCounts: { operate: 6, tasklist: 6, optimize: 2 },
    backups: 'backups',
  },
  '8.8': {
    applications: ['webApplications', 'optimize'],
    partCounts: { webApplications: 5, optimize: 2 },
    backups: 'backupRuntime',
  },
} as const satisfies Record<string, Version>;

export type SimulatedVersion = keyof typeof versions;

/** Where Zeebe's backups are. */
export interface ZeebeStore {
  /** As the simulator is told. */
  url: string;
  /** What a process needs to reach it. */
  environment: Record<string, string>;
  stateAt: StateAt;
}

/** Quick, and slow enough for a test to strike in the middle of a backup. */
const durations = { operate: 0.6, tasklist: 0.6, webApplications: 0.6, optimize: 0.2, zeebe: 1.2 };
const partitions = 3;

/** The processes of one cluster, with one data folder below the folder of the run. */
export function simulatedProcesses({ layout, guard }: Place, camunda: SimulatedVersion, store: ZeebeStore) {
  const options: RealPartsOptions = {
    camunda,
    partitions,
    searchUrl: local(layout.ports.search),
    store: store.url,
    data: join(layout.folder, 'data'),
    repository,
    durations,
  };
  const names = processesOf(camunda);
  let onDisk: ClusterOnDisk | undefined;
  const url = (name: keyof ClusterOnDisk['ports']): string => {
    if (onDisk === undefined) throw new Error(`the ports are not chosen yet: open() chooses them`);
    return local(onDisk.ports[name]);
  };
  const member = (name: ProcessName): Member => ({
    process: processOf(name, layout, guard),
    launch: () => launch(options, name, store.environment),
    isReady: () => answersOk(`${url(name)}/actuator/health`),
  });
  return {
    names,
    members: Object.fromEntries(names.map((name) => [name, member(name)])),

    /** Chooses the ports, which wants the search engine to be there. The processes can be started then. */
    open: async (): Promise<void> => {
      onDisk = await openDataFolder(settleReal(options));
    },

    /** Of processes that are ready. */
    cluster: async (engine: RealSearchEngine<string>): Promise<SimulatedCluster> => {
      const { applications, partCounts, backups }: Version = versions[camunda];
      const urls = { ...engine.urls, zeebe: url('zeebe'), zeebeRest: url('rest') };
      const { gatewayVersion } = await mustCall<{ gatewayVersion: string }>(`${urls.zeebeRest}/v2/topology`);
      // From 8.8 on the web applications share Zeebe's address.
      const addressOf = (name: ApplicationName) => url(name === 'webApplications' ? 'zeebe' : name);
      return {
        ...engine,
        ...viewsOf(urls, backups),
        camundaVersion: gatewayVersion,
        partitions,
        urls,
        applications,
        partCounts,
        components: {
          zeebe: { url: urls.zeebe },
          ...Object.fromEntries(applications.map((name) => [name, { url: addressOf(name) }])),
        },
        storedPartitions: (id) => storedPartitions(store.stateAt, partitions, id),
        engineInstances: () => mustCall(`${urls.zeebeRest}/simulator/instances`),
        shownInstances: (application) => applicationInstances({ url: urls.search }, application),
      };
    },
  };
}

const program = fileURLToPath(new URL('../../../simulator/main.ts', import.meta.url));

function launch(options: RealPartsOptions, only: ProcessName, env: Record<string, string>): Launch {
  const { camunda, searchUrl, store, data } = options;
  const values = {
    camunda,
    partitions: String(partitions),
    'search-url': searchUrl,
    store,
    data,
    repository,
    only,
  };
  const named = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  const paces = Object.entries(durations).flatMap(([name, seconds]) => ['--duration', `${name}=${seconds}`]);
  return { program: process.execPath, args: ['--no-warnings', program, ...named, ...paces], env };
}
