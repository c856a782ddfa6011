import type { SearchEngine } from '../options.ts';
import { illegalArgument, type SearchError, withUuids } from './errors.ts';
import type { Index } from './indices.ts';
import type { Restore } from './restores.ts';
import type { Snapshot } from './snapshots.ts';

export const snapshotDoesNotExist = (repository: string, name: string): SearchError =>
  refusal(`[${repository}:${name}] snapshot does not exist`);

export const notRestorable = (repository: string, snapshot: Snapshot, state: string): SearchError =>
  refusal(`${idOf(repository, snapshot)} unsupported snapshot state [${state}]`);

export const notWhole = (repository: string, snapshot: Snapshot, index: string): SearchError =>
  refusal(`${idOf(repository, snapshot)} index [${index}] wasn't fully snapshotted - cannot restore`);

export const renamedToTheSame = (
  repository: string,
  { name }: Snapshot,
  one: string,
  other: string,
  target: string,
): SearchError =>
  refusal(
    `[${repository}:${name}] indices [${one}] and [${other}] are renamed into the same index [${target}]`,
  );

export const openIndexInTheWay = (repository: string, snapshot: Snapshot, index: string): SearchError =>
  refusal(
    `${idOf(repository, snapshot)} cannot restore index [${index}] because an open index with same name already ` +
      'exists in the cluster. Either close or delete the existing index or restore the index under a different ' +
      'name by providing a rename pattern and replacement name',
  );

const refusal = (reason: string): SearchError => ({
  status: 500,
  type: 'snapshot_restore_exception',
  reason,
});

const idOf = (repository: string, { name, uuid }: Restore['snapshot']) => `[${repository}:${name}/${uuid}]`;

/** The error for a name that the snapshot does not contain. */
export const notInSnapshot = (engine: SearchEngine, index: string): SearchError => ({
  status: 404,
  type: 'index_not_found_exception',
  reason: `no such index [${index}]`,
  fields: unknownIndex(engine, index),
});

/** The error if a name cannot be the name of an index; undefined if it can. */
export function invalidIndexName(engine: SearchEngine, index: string): SearchError | undefined {
  const bytes = Buffer.byteLength(index);
  const why =
    index !== index.toLowerCase()
      ? 'must be lowercase'
      : bytes > 255 && `index name is too long, (${bytes} > 255)`;
  if (!why) return undefined;
  return {
    status: 400,
    type: 'invalid_index_name_exception',
    reason: `Invalid index name [${index}], ${why}`,
    fields: unknownIndex(engine, index),
  };
}

const unknownIndex = (engine: SearchEngine, index: string): Record<string, string> =>
  engine === 'elasticsearch' ? { index_uuid: '_na_', index } : { index, index_uuid: '_na_' };

export const indicesInRestore = (indices: Index[]): SearchError =>
  illegalArgument(`Cannot close indices that are being restored: ${withUuids(indices)}`);

export function snapshotInRestore(repository: string, snapshot: Snapshot, running: Restore[]): SearchError {
  const entries = running.map(
    (restore) => `{${restore.uuid}}{${idOf(restore.repository, restore.snapshot).slice(1, -1)}}`,
  );
  return {
    status: 503,
    type: 'concurrent_snapshot_execution_exception',
    reason:
      `${idOf(repository, snapshot)} cannot delete snapshot during a restore in progress in ` +
      `[RestoreInProgress[${entries.join(',')}]]`,
  };
}

export function repositoryInRestore(engine: SearchEngine, repository: string): SearchError {
  const reason = 'trying to modify or unregister repository that is currently used';
  return engine === 'elasticsearch'
    ? {
        status: 409,
        type: 'repository_conflict_exception',
        reason: `[${repository}] ${reason} (snapshot restore is in progress)`,
      }
    : { status: 500, type: 'illegal_state_exception', reason };
}

/** The error of a snapshot of indices with which no node has begun yet. */
export function shardsNotAssigned(
  engine: SearchEngine,
  repository: string,
  snapshot: Restore['snapshot'],
  indices: Index[],
): SearchError {
  const names = `[${indices.map(({ name }) => name).join(', ')}]`;
  const id = idOf(repository, snapshot);
  const reason =
    engine === 'elasticsearch'
      ? `${id} the following indices have unassigned primary shards and cannot be included in a snapshot unless ` +
        `[partial] is set to [true]: ${names}; for help with troubleshooting unassigned shards see ` +
        'https://www.elastic.co/guide/en/elasticsearch/reference/8.16/red-yellow-cluster-status.html\n'
      : `${id} Indices don't have primary shards ${names}`;
  return { status: 500, type: 'snapshot_exception', reason };
}
