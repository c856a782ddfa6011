import type { SimulatorClock } from '../clock.ts';
import type { Answer, Request } from '../http/http.ts';
import type { SearchEngine } from '../options.ts';
import { indexClosed } from './errors.ts';
import { chooseIndices } from './index-choice.ts';
import type { Index, Recovery } from './indices.ts';
import type { SearchReplies } from './replies.ts';
import { BYTES_PER_SHARD, FILES_PER_SHARD, NODE } from './snapshot-views.ts';
import type { SnapshotStore } from './snapshots.ts';

/** The bytes that a restore onto a closed index with the same files does not reuse, as recorded. */
const NEW_BYTES = 316;
/** The share of a shard's time in which its totals are not known yet. */
const UNKNOWN_SHARE = 0.1;

/**
 * Serves `GET /_recovery` and `GET /{pattern}/_recovery`: how each shard came to where it is, and the shards that a node
 * is restoring. A shard that waits for a node is missing. With `active_only=true` only those are shown that are running.
 */
export function recoveryApi(
  { engine, reply, refuse }: SearchReplies,
  store: SnapshotStore,
  clock: SimulatorClock,
) {
  return function recoveries(request: Request, pattern: string): Answer {
    const chosen = chooseIndices(engine, store.indices, request, pattern, { expandsTo: 'open' });
    if ('refusal' in chosen) return refuse(request, chosen.refusal);
    const closed = chosen.indices.find(({ isClosed }) => isClosed);
    if (closed) return refuse(request, indexClosed(closed));
    const activeOnly = request.query.get('active_only') === 'true';
    const shown = chosen.indices.filter(({ recovery }) => {
      const state = recovery ? store.restores.stateOf(recovery) : 'done';
      return state === 'recovering' || (state === 'done' && !activeOnly);
    });
    const views = shown.map((index) => [index.name, { shards: [view(engine, index, clock.now())] }]);
    return reply(request, 200, Object.fromEntries(views));
  };
}

function view(engine: SearchEngine, { recovery, createdAt }: Index, now: number) {
  const { startsAt, endsAt } = recovery ?? { startsAt: createdAt, endsAt: createdAt };
  const isDone = now >= endsAt;
  const share = isDone ? 1 : (now - startsAt) / (endsAt - startsAt);
  const elapsed = Math.round(Math.min(now, endsAt) - startsAt);
  return {
    id: 0,
    type: recovery ? 'SNAPSHOT' : 'EMPTY_STORE',
    stage: isDone ? 'DONE' : 'INDEX',
    primary: true,
    start_time_in_millis: Math.floor(startsAt),
    ...(isDone && { stop_time_in_millis: Math.floor(endsAt) }),
    total_time_in_millis: elapsed,
    source: recovery ? source(engine, recovery) : {},
    target: {
      id: NODE,
      host: '127.0.0.1',
      transport_address: '127.0.0.1:9300',
      ip: '127.0.0.1',
      name: 'n1',
    },
    index: {
      size: sizes(recovery, share),
      files: files(recovery, share),
      total_time_in_millis: elapsed,
      source_throttle_time_in_millis: 0,
      target_throttle_time_in_millis: 0,
    },
    translog: { recovered: 0, total: 0, percent: '100.0%', total_on_start: 0, total_time_in_millis: 0 },
    verify_index: { check_index_time_in_millis: 0, total_time_in_millis: 0 },
  };
}

const source = (
  engine: SearchEngine,
  { repository, snapshot, restoreUuid, source: index }: Recovery,
): Record<string, unknown> => ({
  repository,
  snapshot,
  version: engine === 'opensearch' ? '2.19.1' : '8.16.6',
  index,
  restoreUUID: restoreUuid,
  ...(engine === 'opensearch' && {
    isSearchableSnapshot: false,
    remoteStoreIndexShallowCopy: false,
    sourceRemoteStoreRepository: null,
    sourceRemoteTranslogRepository: null,
  }),
});

function sizes(recovery: Recovery | undefined, share: number) {
  const { total, reused, recovered, percent } = progress(
    recovery ? BYTES_PER_SHARD : 0,
    recovery?.reusesFiles ? BYTES_PER_SHARD - NEW_BYTES : 0,
    share,
  );
  return { total_in_bytes: total, reused_in_bytes: reused, recovered_in_bytes: recovered, percent };
}

const files = (recovery: Recovery | undefined, share: number) =>
  progress(recovery ? FILES_PER_SHARD : 0, recovery?.reusesFiles ? FILES_PER_SHARD - 1 : 0, share);

function progress(total: number, reused: number, share: number) {
  if (share < UNKNOWN_SHARE) return { total: 0, reused: 0, recovered: 0, percent: '0.0%' };
  const recovered = Math.floor((total - reused) * share);
  const percent = total === reused ? 100 : (100 * recovered) / (total - reused);
  return { total, reused, recovered, percent: `${percent.toFixed(1)}%` };
}
