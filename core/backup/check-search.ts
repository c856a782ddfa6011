import type { ClusterConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { SearchEngine } from '../search/engine.ts';

type Found = Record<'repository' | 'records', BackupError[]>;

/** Whether the search engine can take what a backup needs: its repository, and the records where they are backed up. */
export async function lookAtSearch(
  { search, records }: ClusterConfig,
  context: Pick<Context, 'search'>,
): Promise<Found | undefined> {
  if (!search) return undefined;
  const engine = await context.search(search);
  try {
    const [repository, indices] = await Promise.all([
      problemsOf(requireRepository(engine, search)),
      records ? problemsOf(requireIndices(engine, search.url, records.indexPrefix)) : [],
    ]);
    return { repository, records: indices };
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
