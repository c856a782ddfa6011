import { fetchOpenSearch, fetchS3rver } from './downloads.ts';
import { type Layout, local, s3 } from './layout.ts';
import { type Member, type Place, s3Member } from './members.ts';
import type { SnapshotsIn } from './repository.ts';
import { realSearchEngine, registerRepository } from './search-engine.ts';
import { searchMember } from './search-node.ts';
import {
  type SimulatedCluster,
  type SimulatedVersion,
  simulatedProcesses,
  type ZeebeStore,
} from './simulated.ts';
import { startIn } from './start.ts';
import type { RealStore } from './store.ts';
import { statesInFiles, statesInStore } from './stored.ts';
import type { SearchVersion } from './versions.ts';

/**
 * Starts the four processes of 8.7 on OpenSearch 2.19.1 with its snapshots in a folder, and on s3rver for Zeebe's backups.
 * The servers are `search`, `s3`, `zeebe`, `operate`, `tasklist` and `optimize`.
 */
export async function startSimulated87(): Promise<SimulatedCluster> {
  const s3rver = await fetchS3rver();
  return start({
    camunda: '8.7',
    search: '2.19.1',
    snapshots: 'folder',
    others: (place) => ({ s3: s3Member(place, s3rver) }),
    zeebeStore: inS3rver,
  });
}

/**
 * Starts the two processes of 8.8 on OpenSearch 3.8.0, with its snapshots and Zeebe's backups in a store. The servers are
 * `search`, `zeebe` and `optimize`.
 */
export function startSimulated88(store: RealStore): Promise<SimulatedCluster> {
  return start({
    camunda: '8.8',
    search: '3.8.0',
    snapshots: { store, basePath: 'snapshots' },
    others: () => ({}),
    zeebeStore: () => inStore(store, 'zeebe'),
  });
}

interface Parts {
  camunda: SimulatedVersion;
  search: SearchVersion;
  snapshots: SnapshotsIn;
  others: (place: Place) => Record<string, Member>;
  zeebeStore: (layout: Layout) => ZeebeStore;
}

async function start({ camunda, search, snapshots, others, zeebeStore }: Parts): Promise<SimulatedCluster> {
  const jars = await fetchOpenSearch(search);
  const made = Promise.withResolvers<ReturnType<typeof simulatedProcesses>>();
  return startIn<string, SimulatedCluster>(
    3,
    snapshots,
    (place, repository) => {
      const processes = simulatedProcesses(place, camunda, zeebeStore(place.layout));
      made.resolve(processes);
      return {
        search: searchMember('search', place, jars, repository),
        ...others(place),
        ...processes.members,
      };
    },
    async (group, { layout, repository }, close) => {
      const processes = await made.promise;
      const startAll = (names: readonly string[]) => Promise.all(names.map((name) => group.start(name)));
      await startAll(['search', ...(camunda === '8.7' ? ['s3'] : [])]);
      await registerRepository(layout, repository);
      await processes.open();
      await startAll(processes.names);
      return processes.cluster(realSearchEngine(group, layout, repository, close));
    },
    () => {},
  );
}

function inS3rver({ ports, s3Folder }: Layout): ZeebeStore {
  const { bucket, region, accessKey, secretKey } = s3;
  return {
    url: urlOf(bucket, '', local(ports.s3), region),
    environment: {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stateAt: statesInFiles(`${s3Folder}/${bucket}`),
  };
}

function inStore(store: RealStore, basePath: string): ZeebeStore {
  const { bucket, endpoint, region, environment } = store;
  return {
    url: urlOf(bucket, basePath, endpoint, region),
    environment,
    stateAt: statesInStore(store, basePath),
  };
}

function urlOf(bucket: string, path: string, endpoint: string, region: string): string {
  return `s3://${bucket}/${path}?${new URLSearchParams({ endpoint, region })}`;
}
