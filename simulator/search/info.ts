import type { SearchEngine } from '../options.ts';
import type { Restore, ShardState } from './restores.ts';
import type { SnapshotStore } from './snapshots.ts';

/** The body of `GET /`, by which a client recognises the engine. */
export function engineInfo(engine: SearchEngine): unknown {
  const elastic = engine === 'elasticsearch';
  const number = elastic ? '8.16.6' : '2.19.1';
  return {
    name: 'n1',
    cluster_name: 'camunda',
    cluster_uuid: '0HyzOm-LQ_eMRI29upvvfw',
    version: {
      ...(!elastic && { distribution: 'opensearch' }),
      number,
      ...(elastic && { build_flavor: 'default' }),
      build_type: 'zip',
      build_hash: '2eabb32aee47ed0c4ba71c169f098d0379402efe',
      build_date: '2025-03-20T10:07:27.754027795Z',
      build_snapshot: false,
      lucene_version: elastic ? '9.12.0' : '9.12.1',
      minimum_wire_compatibility_version: elastic ? '7.17.0' : '7.10.0',
      minimum_index_compatibility_version: '7.0.0',
    },
    tagline: elastic ? 'You Know, for Search' : 'The OpenSearch Project: https://opensearch.org/',
  };
}

/** How many shards of some indices are there, are being restored, and wait for a node. */
export interface ShardCounts {
  active: number;
  initializing: number;
  unassigned: number;
}

export function engineHealth(engine: SearchEngine, shards: ShardCounts, ofCluster: ShardCounts) {
  const { active, initializing, unassigned } = shards;
  const all = ofCluster.active + ofCluster.initializing + ofCluster.unassigned;
  return {
    cluster_name: 'camunda',
    // A primary that is being restored is no reason for red.
    status: initializing + unassigned > 0 ? 'yellow' : 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    ...(engine === 'opensearch' && { discovered_master: true, discovered_cluster_manager: true }),
    active_primary_shards: active,
    active_shards: active,
    relocating_shards: 0,
    initializing_shards: initializing,
    unassigned_shards: unassigned,
    ...(engine === 'elasticsearch' && { unassigned_primary_shards: unassigned }),
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    // The share is that of the whole cluster, whatever indices were asked for.
    active_shards_percent_as_number: all === 0 ? 100 : (100 * ofCluster.active) / all,
  };
}

/**
 * The body of `GET /_cluster/state/customs`, with the deletions of snapshots that are running in each repository and, after
 * the first restore, with the restores that are running. Nothing is kept of a restore that has ended.
 */
export function clusterCustoms(store: SnapshotStore): unknown {
  const deletions = store.repositories().flatMap(([repository]) => {
    const snapshots = store.deletions(repository);
    if (snapshots.length === 0) return [];
    return [{ repository, snapshots, start_time_millis: 1795279165124, repository_state_id: 216 }];
  });
  const running = store.restores.running();
  return {
    snapshot_deletions: { snapshot_deletions: deletions },
    ...(running && { restore: { snapshots: running.map((restore) => restoreEntry(store, restore)) } }),
  };
}

function restoreEntry({ restores }: SnapshotStore, { repository, snapshot, shards }: Restore) {
  const states = shards.map((shard) => restores.stateOf(shard));
  return {
    snapshot: snapshot.name,
    repository,
    // A restore stays INIT until its first shard has ended.
    state: states.some((state) => state === 'done' || state === 'failed') ? 'STARTED' : 'INIT',
    indices: shards.map(({ index }) => index.name),
    shards: shards.map(({ index }, position) => ({
      index: { index_name: index.name, index_uuid: index.uuid },
      shard: 0,
      state: SHARD_STATES[states[position] ?? 'queued'],
    })),
  };
}

const SHARD_STATES: Record<ShardState, string> = {
  queued: 'INIT',
  recovering: 'INIT',
  done: 'SUCCESS',
  failed: 'FAILURE',
};
