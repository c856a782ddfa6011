import { briefly, isRecordIndex } from '../components/search/camunda-indices.ts';
import { isBackupError } from '../errors.ts';
import { withoutStore } from './components.ts';
import type { Facts, SearchFacts } from './facts.ts';
import { type CheckFinding, failed, unseen, wrong } from './finding.ts';

/** Whether the search engine can take a snapshot into its repository. */
export function repository({ search, cluster }: Facts): CheckFinding[] {
  if (!search) return [];
  const found = [...registration(search), ...deletions(search)];
  if (found.some(({ severity }) => severity === 'error')) return found;
  // Where the repository is known to be bad, it is nothing new that its snapshots cannot be listed.
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
      `The snapshot repository ${name} at ${url} is of type url, from which snapshots can only be read`,
      'Register a repository of a type that can be written (such as s3, gcs, azure or fs), and name it in `search.repository`.',
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
    // A user that may do all that a backup needs may still not read the cluster's state.
    return isBackupError(deletions.unknown, 'RequestRefused')
      ? [
          unseen(
            'repository',
            'search',
            `Whether snapshots are being deleted from ${name} is not known: ${deletions.unknown.message}`,
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
            `The search engine at ${url} is deleting snapshots from ${name} (${briefly(deletions.known)}): what begins meanwhile may end PARTIAL`,
          ],
    remedy:
      'Wait until it has deleted them (GET /_cluster/state/customs?filter_path=snapshot_deletions shows none), then start again.',
  });
}

/** Whether there are records to back up, and nothing else that the pattern of their snapshot takes. */
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
  const says = `${prefix}* takes indices into this backup that are not the records of this exporter (${briefly(others)}); a restore brings them back too`;
  return [{ name: 'records', severity: 'warning', subject: 'records', says }];
}
