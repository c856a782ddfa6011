import type { ClusterConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { SearchEngine } from '../search/engine.ts';

interface Found {
  repository: BackupError[];
  records: BackupError[];
  /** What could not be looked at. */
  unknown: string[];
}

/** Whether the search engine can take what a backup needs: its repository, and the records where they are backed up. */
export async function lookAtSearch(
  { search, records }: ClusterConfig,
  context: Pick<Context, 'search'>,
): Promise<Found | undefined> {
  if (!search) return undefined;
  const engine = await context.search(search);
  try {
    const unknown: string[] = [];
    const [repository, indices] = await Promise.all([
      problemsOf(requireRepository(engine, search, unknown)),
      records ? problemsOf(requireIndices(engine, search.url, records.indexPrefix)) : [],
    ]);
    return { repository, records: indices, unknown };
  } finally {
    await engine.close();
  }
}

async function problemsOf(work: Promise<void>): Promise<BackupError[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (isBackupError(error)) return [error];
    throw error;
  }
}

async function requireRepository(
  engine: SearchEngine,
  { url, repository }: { url: string; repository: string },
  unknown: string[],
): Promise<void> {
  if (!(await engine.hasRepository(repository))) {
    throw new BackupError(
      'ClusterNotReady',
      `The snapshot repository ${repository} is not registered at ${url}`,
      {
        remedy:
          'Register it, or correct `search.repository`. After a restart with empty data it has to be registered again.',
      },
    );
  }
  await engine.verifyRepository(repository);
  const deleted = await deletionsOf(engine, repository, unknown);
  if (deleted.length === 0) return;
  throw new BackupError(
    'ComponentBusy',
    `The search engine at ${url} is deleting snapshots from ${repository} (${shortList(deleted)}): what begins meanwhile may end PARTIAL`,
    {
      remedy:
        'Wait until it has deleted them (GET /_cluster/state/customs?filter_path=snapshot_deletions shows none), then start again.',
    },
  );
}

/** A user that may do all that a backup needs may still not read the cluster's state. */
async function deletionsOf(engine: SearchEngine, repository: string, unknown: string[]): Promise<string[]> {
  try {
    return await engine.deletionsInTheWay(repository);
  } catch (error) {
    if (!isBackupError(error, 'RequestRefused')) throw error;
    unknown.push(`Whether snapshots are being deleted from ${repository} is not known: ${error.message}`);
    return [];
  }
}

function shortList(names: string[]): string {
  const [first = '', ...others] = names;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

async function requireIndices(engine: SearchEngine, url: string, prefix: string): Promise<void> {
  const indices = await engine.indices(`${prefix}*`);
  if (indices.length > 0) return;
  throw new BackupError(
    'ClusterNotReady',
    `No index at ${url} matches ${prefix}*: there are no records to back up`,
    {
      remedy:
        'Correct `records.indexPrefix` (the index prefix of the exporter), or remove `records` if the exporter that writes them is not used.',
    },
  );
}
