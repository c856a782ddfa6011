import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Availability, realServersAvailable, searchEngineAvailable } from './availability.ts';
import { type RealCluster, realCluster } from './cluster.ts';
import { findDistribution } from './distribution.ts';
import { fetchOpenSearch, fetchS3rver } from './downloads.ts';
import { postGuard } from './guard.ts';
import { findJdk } from './java.ts';
import { type Layout, layOut } from './layout.ts';
import {
  camundaMembers,
  type Member,
  type Place,
  type ServerName,
  s3Member,
  searchMember,
} from './members.ts';
import { type RealSearchEngine, realSearchEngine, registerRepository } from './search-engine.ts';
import { ServerGroup } from './server-group.ts';

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
    (place) => ({
      search: searchMember(place, jars),
      s3: s3Member(place, s3rver),
      ...camundaMembers(place, distribution),
    }),
    async (group, layout, close) => {
      await startAll(group, () => registerRepository(layout), log);
      return realCluster(group, layout, close);
    },
    log,
  );
}

/** Fetches OpenSearch where the cache lacks it, and starts it alone. */
export async function startRealSearchEngine(options: { log?: Log } = {}): Promise<RealSearchEngine> {
  const log = withSeconds(options.log ?? (() => {}));
  mustBe(await searchEngineAvailable());
  const jars = await fetchOpenSearch();
  return startIn(
    1,
    (place) => ({ search: searchMember(place, jars) }),
    async (group, layout, close) => {
      await group.start('search');
      await registerRepository(layout);
      return realSearchEngine(group, layout, close);
    },
    log,
  );
}

async function startIn<Name extends ServerName, Started>(
  partitions: number,
  membersOf: (place: Place) => Record<Name, Member>,
  start: (group: ServerGroup<Name>, layout: Layout, close: () => Promise<void>) => Promise<Started>,
  log: Log,
): Promise<Started> {
  const jdk = await findJdk();
  if (typeof jdk === 'string') throw new Error(jdk);
  const folder = mkdtempSync(join(tmpdir(), 'camunda-backup-servers-'));
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
    group = new ServerGroup(membersOf({ jdk, layout, guard }));
    return await start(group, layout, close);
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
  const downloads = [noting('OpenSearch', fetchOpenSearch()), noting('s3rver', fetchS3rver())] as const;
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
