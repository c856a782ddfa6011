import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { postGuard } from '../../support/servers/guard.ts';
import { type Availability, realServersAvailable, searchEngineAvailable } from './availability.ts';
import { type RealCluster, realCluster } from './cluster.ts';
import { findDistribution } from './distribution.ts';
import { fetchOpenSearch, fetchS3rver } from './downloads.ts';
import { findJdk } from './java.ts';
import { type Layout, layOut } from './layout.ts';
import { camundaMembers, type Member, type Place, type ServerName, s3Member } from './members.ts';
import { type SnapshotRepository, type SnapshotsIn, snapshotRepository } from './repository.ts';
import { runRoot } from './run-root.ts';
import { type RealSearchEngine, realSearchEngine, registerRepository } from './search-engine.ts';
import { type SearchNode, searchMember } from './search-node.ts';
import { ServerGroup } from './server-group.ts';
import type { SearchVersion } from './versions.ts';

type Log = (line: string) => void;

/** Fetches what the cache lacks and starts all servers. When one fails, none is left running. */
export async function startRealCluster(
  options: { partitions?: number; log?: Log } = {},
): Promise<RealCluster> {
  const log = withSeconds(options.log ?? (() => {}));
  mustBe(await realServersAvailable());
  const distribution = findDistribution();
  if (typeof distribution === 'string') throw new Error(distribution);
  const [jars, s3rver] = await fetchAll(log);
  return startIn(
    options.partitions ?? 3,
    'folder',
    (place, repository) => ({
      search: searchMember('search', place, jars, repository),
      s3: s3Member(place, s3rver),
      ...camundaMembers(place, distribution),
    }),
    async (group, { layout, repository }, close) => {
      await startAll(group, () => registerRepository(layout, repository), log);
      return realCluster(group, layout, repository, close);
    },
    log,
  );
}

export interface SearchEngineOptions {
  /** The default is 2.19.1. */
  version?: SearchVersion;
  /** `search` is one of them. The default is `search` alone; `search2` may be started later, too. */
  nodes?: SearchNode[];
  /** The default is a folder. Only 3.8.0 has the plugin for a store. */
  snapshots?: SnapshotsIn;
  log?: Log;
}

/**
 * Fetches OpenSearch where the cache lacks it, and starts it. Each node has a process of its own, so that one can be
 * killed as the loss of its machine would end it. Calls go to `search`, which manages the cluster.
 */
export async function startRealSearchEngine({
  version = '2.19.1',
  nodes = ['search'],
  snapshots = 'folder',
  log = () => {},
}: SearchEngineOptions = {}): Promise<RealSearchEngine<SearchNode>> {
  mustBe(await searchEngineAvailable(version));
  const jars = await fetchOpenSearch(version);
  return startIn(
    1,
    snapshots,
    (place, repository) => ({
      search: searchMember('search', place, jars, repository),
      search2: searchMember('search2', place, jars, repository),
    }),
    async (group, { layout, repository }, close) => {
      await Promise.all(nodes.map((node) => group.start(node)));
      await registerRepository(layout, repository);
      return realSearchEngine(group, layout, repository, close);
    },
    withSeconds(log),
  );
}

export async function startIn<Name extends string, Started>(
  partitions: number,
  snapshots: SnapshotsIn,
  membersOf: (place: Place, repository: SnapshotRepository) => Record<Name, Member>,
  start: (
    group: ServerGroup<Name>,
    place: { layout: Layout; repository: SnapshotRepository },
    close: () => Promise<void>,
  ) => Promise<Started>,
  log: Log,
): Promise<Started> {
  const jdk = await findJdk();
  if (typeof jdk === 'string') throw new Error(jdk);
  const folder = mkdtempSync(join(runRoot(), 'camunda-backup-servers-'));
  const guard = postGuard(folder);
  let group: ServerGroup<Name> | undefined;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await group?.close();
      await guard.dismiss();
      log('all servers ended');
    })();
    return closing;
  };
  try {
    const layout = await layOut(folder, partitions);
    const repository = snapshotRepository(snapshots, layout);
    group = new ServerGroup(membersOf({ jdk, layout, guard }, repository));
    return await start(group, { layout, repository }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function mustBe(availability: Availability): void {
  if (!availability.available) throw new Error(availability.reason);
}

async function fetchAll(log: Log): Promise<[jars: string, s3rver: string]> {
  const noting = async (name: string, download: Promise<string>) => {
    const path = await download;
    log(`${name} is in the cache`);
    return path;
  };
  const downloads = [
    noting('OpenSearch', fetchOpenSearch('2.19.1')),
    noting('s3rver', fetchS3rver()),
  ] as const;
  // when one fails, the other is waited for all the same: no program is left running
  await Promise.allSettled(downloads);
  return Promise.all(downloads);
}

/** Side by side; Operate and Tasklist, which need the search engine at once, as soon as it is there. */
async function startAll(group: ServerGroup, register: () => Promise<void>, log: Log): Promise<void> {
  const start = async (name: ServerName) => {
    await group.start(name);
    log(`${name} is ready`);
  };
  const searchFirst = async () => {
    await start('search');
    await register();
    await Promise.all([start('operate'), start('tasklist')]);
  };
  await Promise.all([start('s3'), start('zeebe'), searchFirst()]);
}

function withSeconds(log: Log): Log {
  const begin = performance.now();
  return (line) => log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}
