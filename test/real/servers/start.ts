import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realServersAvailable } from './availability.ts';
import { type RealCluster, realCluster, registerRepository } from './cluster.ts';
import { type Downloads, fetchCamunda, fetchOpenSearch, fetchS3rver } from './downloads.ts';
import { postGuard } from './guard.ts';
import { findJdk } from './java.ts';
import { layOut } from './layout.ts';
import { ServerGroup, type ServerName } from './server-group.ts';

type Log = (line: string) => void;

/** Fetches what the cache lacks and starts all servers. When one fails, none is left running. */
export async function startRealCluster(
  options: { partitions?: number; log?: Log } = {},
): Promise<RealCluster> {
  const { partitions = 3 } = options;
  const log = withSeconds(options.log ?? (() => {}));
  const availability = await realServersAvailable();
  if (!availability.available) throw new Error(availability.reason);
  const jdk = await findJdk();
  if (typeof jdk === 'string') throw new Error(jdk);

  const downloads = await fetchAll(log);
  const folder = mkdtempSync(join(tmpdir(), 'camunda-backup-servers-'));
  const guard = postGuard(folder);
  let group: ServerGroup | undefined;
  const close = async () => {
    await group?.close();
    await guard.dismiss();
    log('all servers ended');
  };
  try {
    const layout = await layOut(folder, partitions);
    group = new ServerGroup(jdk, downloads, layout, guard);
    await startAll(group, () => registerRepository(layout), log);
    let closing: Promise<void> | undefined;
    return realCluster(group, layout, () => {
      closing ??= close();
      return closing;
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function fetchAll(log: Log): Promise<Downloads> {
  const noting = async (name: string, download: Promise<string>) => {
    const path = await download;
    log(`${name} is in the cache`);
    return path;
  };
  const downloads = [
    noting('Camunda', fetchCamunda()),
    noting('OpenSearch', fetchOpenSearch()),
    noting('s3rver', fetchS3rver()),
  ] as const;
  // when one fails, the others are waited for all the same: no program is left running
  await Promise.allSettled(downloads);
  const [camunda, openSearch, s3rver] = await Promise.all(downloads);
  return { camunda, openSearch, s3rver };
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
