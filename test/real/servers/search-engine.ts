import { mustCall } from './http.ts';
import { type Layout, local, repository } from './layout.ts';
import type { ServerName } from './members.ts';
import type { ServerGroup } from './server-group.ts';
import { storedSnapshots } from './stored.ts';

/** A real OpenSearch on loopback, and what a test wants to know from it without asking the code under test. */
export interface RealSearchEngine<Name extends ServerName = 'search'> {
  urls: { search: string };
  repository: string;
  repositoryFolder: string;
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
  /** Names of the snapshots that are SUCCESS, from the repository's own files: also while the engine is stopped. */
  storedSnapshots(): Promise<string[]>;
  removeRepository(): Promise<void>;
  registerRepository(): Promise<void>;
  /** Ends what was started and removes the run folder. */
  close(): Promise<void>;
}

interface SnapshotList {
  snapshots: { snapshot: string; state: string; indices: string[] }[];
}

export function realSearchEngine<Name extends ServerName>(
  group: ServerGroup<Name>,
  layout: Layout,
  close: () => Promise<void>,
): RealSearchEngine<Name> {
  const { ports, folder, repositoryFolder } = layout;
  const search = local(ports.search);
  return {
    urls: { search },
    repository,
    repositoryFolder,
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
