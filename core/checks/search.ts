import { briefly, isRecordIndex } from '../components/search/camunda-indices.ts';
import { isBackupError } from '../errors.ts';
import { withoutStore } from './components.ts';
import type { Facts, SearchFacts } from './facts.ts';
import { type CheckFinding, failed, unseen, wrong } from './finding.ts';

/** Checks that the search engine can write a snapshot to its repository. */
export function repository({ search, cluster }: Facts): CheckFinding[] {
  if (!search) return [];
  const found = [...registration(search), ...deletions(search)];
  if (found.some(({ severity }) => severity === 'error')) return found;
  // If the repository itself has an error, a failed list of its snapshots adds nothing.
  return [...found, ...withoutStore('repository', cluster)];
}

function registration({
  address: { url, repository: name },
  repository,
  verified,
}: SearchFacts): CheckFinding[] {
  const cause = repository.unknown ?? verified?.unknown;
  if (cause) return [failed('repository', 'search', cause)];
  const bad = (says: string, remedy: string) =>
    wrong('repository', 'search', { error: 'ClusterNotReady', seen: [says], remedy });
  if (!repository.known) {
    return bad(
      `The snapshot repository ${name} is not registered at ${url}`,
      'Register it, or correct `search.repository`. After a restart with empty data it has to be registered again.',
    );
  }
  if (repository.known.readonly === 'type') {
    return bad(
      `The snapshot repository ${name} at ${url} is of type url, which is read-only`,
      'Register a repository of a writable type (such as s3, gcs, azure or fs), and name it in `search.repository`.',
    );
  }
  if (repository.known.readonly === 'setting') {
    return bad(
      `The snapshot repository ${name} is registered readonly at ${url}: no snapshot can be taken`,
      `Register it again without \`readonly\` (PUT _snapshot/${name} with its type and settings, which GET _snapshot/${name} shows), as after a restore; or correct \`search.repository\`.`,
    );
  }
  return [];
}

function deletions({ address: { url, repository: name }, deletions }: SearchFacts): CheckFinding[] {
  if (!deletions) return [];
  if (deletions.unknown) {
    // A backup does not need the privilege to read the cluster's state, so its user may lack it.
    return isBackupError(deletions.unknown, 'RequestRefused')
      ? [
          unseen(
            'repository',
            'search',
            `It is not known whether snapshots are being deleted from ${name}: ${deletions.unknown.message}`,
          ),
        ]
      : [failed('repository', 'search', deletions.unknown)];
  }
  return wrong('repository', 'search', {
    error: 'ComponentBusy',
    seen:
      deletions.known.length === 0
        ? []
        : [
            `The search engine at ${url} is deleting snapshots from ${name} (${briefly(deletions.known)}): a snapshot that begins meanwhile may end PARTIAL`,
          ],
    remedy:
      'Wait until the deletion has ended (GET /_cluster/state/customs?filter_path=snapshot_deletions shows none), then start again.',
  });
}

/** Checks that there are records to back up, and that their pattern matches no other indices. */
export function records({ config, search }: Facts): CheckFinding[] {
  const prefix = config.records?.indexPrefix;
  const indices = search?.recordIndices;
  if (!search || !indices || prefix === undefined) return [];
  if (indices.unknown) return [failed('records', 'records', indices.unknown)];
  if (indices.known.length === 0) {
    return wrong('records', 'records', {
      error: 'ClusterNotReady',
      seen: [`No index at ${search.address.url} matches ${prefix}*: there are no records to back up`],
      remedy:
        'Correct `records.indexPrefix` (the index prefix of the exporter), or remove `records` if the exporter that writes them is not used.',
    });
  }
  const others = indices.known.filter((name) => !isRecordIndex(name, prefix));
  if (others.length === 0) return [];
  const says = `${prefix}* also matches indices that are not records of this exporter (${briefly(others)}); they become a part of this backup, and a restore brings them back too`;
  return [{ name: 'records', severity: 'warning', subject: 'records', says }];
}
