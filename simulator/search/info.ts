import type { SearchEngine } from '../options.ts';
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

export function engineHealth(engine: SearchEngine, shards: number): unknown {
  return {
    cluster_name: 'camunda',
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    ...(engine === 'opensearch' && { discovered_master: true, discovered_cluster_manager: true }),
    active_primary_shards: shards,
    active_shards: shards,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    ...(engine === 'elasticsearch' && { unassigned_primary_shards: 0 }),
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: 100,
  };
}

/** The body of `GET /_cluster/state/customs`, with the deletions of snapshots that are running in each repository. */
export function clusterCustoms(store: SnapshotStore): unknown {
  const deletions = store.repositories().flatMap(([repository]) => {
    const snapshots = store.deletions(repository);
    if (snapshots.length === 0) return [];
    return [{ repository, snapshots, start_time_millis: 1795279165124, repository_state_id: 216 }];
  });
  return { snapshot_deletions: { snapshot_deletions: deletions } };
}
