import type { SearchEngine } from '../options.ts';
import type { Snapshot, SnapshotState } from './snapshots.ts';

export const BYTES_PER_SHARD = 8142;
export const FILES_PER_SHARD = 4;
export const NODE = '0JKUaxDIRGi5sbf_ymvgBw';

/** The progress of a snapshot's shards. Each index of the simulator has one shard. */
function shards(snapshot: Snapshot, state: SnapshotState, now: number) {
  const total = snapshot.indices.length;
  const failed = state === 'PARTIAL' ? Math.min(1, total) : state === 'FAILED' ? total : 0;
  if (state !== 'IN_PROGRESS') return { total, failed, done: total - failed };
  const span = snapshot.endsAt - snapshot.startedAt;
  const share = Number.isFinite(span) && span > 0 ? (now - snapshot.startedAt) / span : 0;
  // The last shard is only done when the snapshot is.
  return { total, failed: 0, done: Math.max(0, Math.min(total - 1, Math.floor(share * total))) };
}

/** Shows a snapshot as in `GET _snapshot/{repository}/{name}`. */
export function snapshotView(
  engine: SearchEngine,
  repository: string,
  snapshot: Snapshot,
  state: SnapshotState,
  now: number,
): Record<string, unknown> {
  const elastic = engine === 'elasticsearch';
  const { total, failed, done } = shards(snapshot, state, now);
  const running = state === 'IN_PROGRESS';
  const endsAt = running ? 0 : snapshot.endsAt;
  const failures = running ? [] : snapshot.failures;
  return {
    snapshot: snapshot.name,
    uuid: snapshot.uuid,
    ...(elastic
      ? { repository, version_id: 8_518_000, version: '8.16.0-8.16.6' }
      : { version_id: 136_407_927, version: '2.19.1', remote_store_index_shallow_copy: false }),
    indices: snapshot.indices,
    data_streams: [],
    include_global_state: snapshot.includeGlobalState,
    ...(snapshot.metadata && { metadata: snapshot.metadata }),
    state,
    ...(snapshot.abortedByDeletion && !running && { reason: 'Snapshot was aborted by deletion' }),
    start_time: new Date(snapshot.startedAt).toISOString(),
    start_time_in_millis: Math.floor(snapshot.startedAt),
    end_time: new Date(endsAt).toISOString(),
    end_time_in_millis: Math.floor(endsAt),
    duration_in_millis: running ? 0 : Math.round(snapshot.endsAt - snapshot.startedAt),
    failures: failures.map((reason) => ({
      index: snapshot.indices[0] ?? '',
      index_uuid: elastic ? 'vEzJ3OvRQV2FM7jyMQ1Ylg' : (snapshot.indices[0] ?? ''),
      shard_id: 0,
      reason,
      status: 'INTERNAL_SERVER_ERROR',
    })),
    // OpenSearch does not count shards while a snapshot runs.
    shards:
      running && !elastic ? { total: 0, failed: 0, successful: 0 } : { total, failed, successful: done },
    ...(elastic && { feature_states: [] }),
  };
}

/** Shows a snapshot as with `verbose=false`. */
export function shortView(
  engine: SearchEngine,
  repository: string,
  snapshot: Snapshot,
  state: SnapshotState,
): Record<string, unknown> {
  return {
    snapshot: snapshot.name,
    uuid: snapshot.uuid,
    ...(engine === 'elasticsearch' && { repository }),
    indices: snapshot.indices,
    data_streams: [],
    state,
  };
}

/** Shows a snapshot as in `_status`, where Elasticsearch shows a PARTIAL one as a SUCCESS with failed shards. */
export function statusView(
  engine: SearchEngine,
  repository: string,
  snapshot: Snapshot,
  state: SnapshotState,
  now: number,
): Record<string, unknown> {
  const { total, failed, done } = shards(snapshot, state, now);
  const running = state === 'IN_PROGRESS';
  const shown = running ? 'STARTED' : state === 'PARTIAL' && engine === 'elasticsearch' ? 'SUCCESS' : state;
  const startedAt = Math.floor(snapshot.startedAt);
  const elapsed = Math.round((running ? now : snapshot.endsAt) - snapshot.startedAt);
  const times = { start_time_in_millis: startedAt, time_in_millis: elapsed };
  const stages = snapshot.indices.map((_, index) =>
    index < failed ? 'FAILURE' : index < failed + done ? 'DONE' : 'STARTED',
  );
  return {
    snapshot: snapshot.name,
    repository,
    uuid: snapshot.uuid,
    state: shown,
    include_global_state: snapshot.includeGlobalState,
    shards_stats: counts(stages),
    stats: stats(total, done, running, times),
    indices: Object.fromEntries(
      snapshot.indices.map((index, position) => {
        const stage = stages[position] ?? 'DONE';
        const shardStats = stats(1, stage === 'DONE' ? 1 : 0, stage === 'STARTED', times);
        const shard = {
          stage,
          stats: shardStats,
          ...(stage === 'STARTED' && { node: NODE }),
          ...(stage === 'FAILURE' && { reason: snapshot.failures[0] ?? 'aborted' }),
        };
        return [index, { shards_stats: counts([stage]), stats: shardStats, shards: { 0: shard } }];
      }),
    ),
  };
}

function counts(stages: string[]) {
  const of = (stage: string) => stages.filter((one) => one === stage).length;
  return {
    initializing: 0,
    started: of('STARTED'),
    finalizing: 0,
    done: of('DONE'),
    failed: of('FAILURE'),
    total: stages.length,
  };
}

function stats(
  total: number,
  done: number,
  running: boolean,
  times: { start_time_in_millis: number; time_in_millis: number },
) {
  const files = (count: number) => ({
    file_count: count * FILES_PER_SHARD,
    size_in_bytes: count * BYTES_PER_SHARD,
  });
  return {
    incremental: files(total),
    ...(running && { processed: files(done) }),
    total: files(total),
    ...times,
  };
}
