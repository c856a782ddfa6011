import { briefly, camundaIndexPatterns, isRecordIndex } from '../components/search/camunda-indices.ts';
import type { SearchEngine } from '../components/search/engine.ts';
import { withSearch } from '../components/search/with-search.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { onlyBackupErrors } from './lists.ts';

interface Found {
  repository: BackupError[];
  records: BackupError[];
  /** Every index of Camunda that the engine has, as far as its name says so. */
  indices: string[];
  /** What could not be looked at, and what is in the backup beside what belongs there. */
  unknown: string[];
}

interface Repository {
  url: string;
  repository: string;
}

/** Whether the search engine can take what a backup needs: its repository, and the records where they are backed up. */
export async function lookAtSearch(
  { search, records }: ClusterConfig,
  context: Pick<Context, 'search' | 'clock'>,
): Promise<Found | undefined> {
  if (!search) return undefined;
  return withSearch(search, context, async (engine) => {
    const [repository, ofRecords, ofCamunda] = await Promise.all([
      lookAtRepository(engine, search),
      records ? lookAtRecords(engine, search.url, records.indexPrefix) : { records: [], unknown: [] },
      lookForIndices(engine, search.url),
    ]);
    return {
      repository: repository.repository,
      records: ofRecords.records,
      indices: ofCamunda.indices,
      unknown: [...repository.unknown, ...ofRecords.unknown, ...ofCamunda.unknown],
    };
  });
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

/** A user that may do all that a backup needs may still not read the cluster's state. */
async function lookAtRepository(
  engine: SearchEngine,
  address: Repository,
): Promise<Pick<Found, 'repository' | 'unknown'>> {
  const problems = await problemsOf(requireRepository(engine, address));
  if (problems.length > 0) return { repository: problems, unknown: [] };
  try {
    const deleted = await engine.deletionsInTheWay(address.repository);
    return { repository: deleted.length > 0 ? [busyDeleting(address, deleted)] : [], unknown: [] };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    if (error.name !== 'RequestRefused') return { repository: [error], unknown: [] };
    const what = `Whether snapshots are being deleted from ${address.repository} is not known`;
    return { repository: [], unknown: [`${what}: ${error.message}`] };
  }
}

async function requireRepository(engine: SearchEngine, { url, repository }: Repository): Promise<void> {
  const registered = await engine.repository(repository);
  if (!registered) {
    throw new BackupError(
      'ClusterNotReady',
      `The snapshot repository ${repository} is not registered at ${url}`,
      {
        remedy:
          'Register it, or correct `search.repository`. After a restart with empty data it has to be registered again.',
      },
    );
  }
  if (registered.readonly === 'type') {
    throw new BackupError(
      'ClusterNotReady',
      `The snapshot repository ${repository} at ${url} is of type url, from which snapshots can only be read`,
      {
        remedy:
          'Register a repository of a type that can be written (such as s3, gcs, azure or fs), and name it in `search.repository`.',
      },
    );
  }
  if (registered.readonly === 'setting') {
    throw new BackupError(
      'ClusterNotReady',
      `The snapshot repository ${repository} is registered readonly at ${url}: no snapshot can be taken`,
      {
        remedy: `Register it again without \`readonly\` (PUT _snapshot/${repository} with its type and settings, which GET _snapshot/${repository} shows), as after a restore; or correct \`search.repository\`.`,
      },
    );
  }
  await engine.verifyRepository(repository);
}

function busyDeleting({ url, repository }: Repository, deleted: string[]): BackupError {
  const [first = '', ...others] = deleted;
  const which = others.length === 0 ? first : `${first} and ${others.length} more`;
  return new BackupError(
    'ComponentBusy',
    `The search engine at ${url} is deleting snapshots from ${repository} (${which}): what begins meanwhile may end PARTIAL`,
    {
      remedy:
        'Wait until it has deleted them (GET /_cluster/state/customs?filter_path=snapshot_deletions shows none), then start again.',
    },
  );
}

/** The pattern of the snapshot takes every index whose name begins so, also one that is not the exporter's. */
async function lookAtRecords(
  engine: SearchEngine,
  url: string,
  prefix: string,
): Promise<Pick<Found, 'records' | 'unknown'>> {
  const found = await engine.indices(`${prefix}*`).catch(onlyBackupErrors);
  if (found instanceof BackupError) return { records: [found], unknown: [] };
  if (found.length === 0) return { records: [noRecords(url, prefix)], unknown: [] };
  const others = found.filter((name) => !isRecordIndex(name, prefix));
  if (others.length === 0) return { records: [], unknown: [] };
  const sentence = `${prefix}* takes indices into this backup that are not the records of this exporter (${briefly(others)}); a restore brings them back too`;
  return { records: [], unknown: [sentence] };
}

async function lookForIndices(
  engine: SearchEngine,
  url: string,
): Promise<Pick<Found, 'indices' | 'unknown'>> {
  const found = await engine.indices(camundaIndexPatterns).catch(onlyBackupErrors);
  if (!(found instanceof BackupError)) return { indices: found, unknown: [] };
  const what = `Which indices of Camunda there are at ${url}, and whether all are in this backup, is not known`;
  return { indices: [], unknown: [`${what}: ${found.message}`] };
}

function noRecords(url: string, prefix: string): BackupError {
  return new BackupError(
    'ClusterNotReady',
    `No index at ${url} matches ${prefix}*: there are no records to back up`,
    {
      remedy:
        'Correct `records.indexPrefix` (the index prefix of the exporter), or remove `records` if the exporter that writes them is not used.',
    },
  );
}
