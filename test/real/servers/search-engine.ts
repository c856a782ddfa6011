import { mustCall } from './http.ts';
import { type Layout, local, repository } from './layout.ts';
import type { SnapshotRepository } from './repository.ts';
import type { ServerGroup } from './server-group.ts';
import { storedSnapshots } from './stored.ts';

/** A real OpenSearch on loopback, and what a test wants to know from it without asking the code under test. */
export interface RealSearchEngine<Name extends string = 'search'> {
  urls: { search: string };
  repository: string;
  /** As it is registered. */
  definition: SnapshotRepository['definition'];
  /** Data and a log file for each server; gone after close. */
  runFolder: string;
  /** SIGKILL if nothing else is said; resolves when the process is gone. */
  kill(server: Name, signal?: NodeJS.Signals): Promise<void>;
  /** In an orderly way. */
  stop(server: Name): Promise<void>;
  /** With the same data and ports; resolves when it is ready. */
  start(server: Name): Promise<void>;
  /** Keeps its connections and answers nothing. */
  suspend(server: Name): void;
  resume(server: Name): void;
  /** From the search engine itself. */
  snapshots(): Promise<{ name: string; state: string; indices: string[] }[]>;
  /** Names of the snapshots that are SUCCESS, from the repository's own files or objects: also while the engine is stopped. */
  storedSnapshots(): Promise<string[]>;
  removeRepository(): Promise<void>;
  registerRepository(): Promise<void>;
  /** Ends what was started and removes the run folder. */
  close(): Promise<void>;
}

interface SnapshotList {
  snapshots: { snapshot: string; state: string; indices: string[] }[];
}

export function realSearchEngine<Name extends string>(
  group: ServerGroup<Name>,
  layout: Layout,
  snapshotsIn: SnapshotRepository,
  close: () => Promise<void>,
): RealSearchEngine<Name> {
  const { ports, folder } = layout;
  const search = local(ports.search);
  return {
    urls: { search },
    repository,
    definition: snapshotsIn.definition,
    runFolder: folder,

    kill: (server, signal) => group.kill(server, signal),
    stop: (server) => group.stop(server),
    start: (server) => group.start(server),
    suspend: (server) => group.suspend(server),
    resume: (server) => group.resume(server),

    snapshots: async () => {
      const { snapshots } = await mustCall<SnapshotList>(`${search}/_snapshot/${repository}/_all`);
      return snapshots.map(({ snapshot, state, indices }) => ({ name: snapshot, state, indices }));
    },
    storedSnapshots: () => storedSnapshots(snapshotsIn),
    removeRepository: async () => {
      await mustCall(`${search}/_snapshot/${repository}`, { method: 'DELETE' });
    },
    registerRepository: () => registerRepository(layout, snapshotsIn),
    close,
  };
}

export async function registerRepository(
  { ports }: Layout,
  { definition }: SnapshotRepository,
): Promise<void> {
  await mustCall(`${local(ports.search)}/_snapshot/${repository}`, { method: 'PUT', body: definition });
}
