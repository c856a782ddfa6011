import type { SimulatorClock } from '../clock.ts';
import type { Answer, Request } from '../http/http.ts';
import type { SearchEngine } from '../options.ts';
import { indexClosed } from './errors.ts';
import { chooseIndices } from './index-choice.ts';
import type { Index } from './indices.ts';
import { engineHealth, type ShardCounts } from './info.ts';
import type { SearchReplies } from './replies.ts';
import type { ShardState } from './restores.ts';
import { shardStats } from './shard-stats.ts';
import type { SnapshotStore } from './snapshots.ts';

/**
 * Serves lists of indices (`GET /{pattern}`, `_resolve/index` and `_cat/indices`), statistics of their shards, and their
 * health, which never waits.
 */
export function indexApi(
  { engine, reply, refuse }: SearchReplies,
  store: SnapshotStore,
  clock: SimulatorClock,
) {
  const isThere = (index: Index) => store.restores.isThere(index);

  /** The health of these indices; undefined if one is missing, for which the engine waits until its timeout. */
  function health(request: Request, found: Index[] | undefined): Answer {
    const whole = shardCounts(store, store.indices.named(store.indices.names()));
    const body = engineHealth(engine, shardCounts(store, found ?? []), whole);
    return found
      ? reply(request, 200, body)
      : reply(request, 408, { ...body, status: 'red', timed_out: true });
  }

  return function indices(
    request: Request,
    pattern: string,
    shape: 'get' | 'resolve' | 'cat' | 'stats' | 'health',
  ): Answer {
    const chosen = chooseIndices(engine, store.indices, request, pattern, {
      expandsTo: shape === 'cat' || shape === 'health' ? 'open,closed' : 'open',
      isLenient: shape === 'resolve' && engine === 'opensearch',
    });
    if (shape === 'health') return health(request, 'refusal' in chosen ? undefined : chosen.indices);
    if ('refusal' in chosen) return refuse(request, chosen.refusal);
    const found = chosen.indices;
    if (shape === 'stats') {
      const closed = found.find(({ isClosed }) => isClosed);
      if (closed) return refuse(request, indexClosed(closed));
      return reply(request, 200, shardStats(engine, found, found.filter(isThere), clock.now()));
    }
    if (shape === 'resolve') return reply(request, 200, resolved(found));
    if (shape === 'cat') {
      const columns = request.query.get('h')?.split(',');
      return reply(
        request,
        200,
        found.map((index) => row(index, isThere(index), columns)),
      );
    }
    const views = found.map((index) => [
      index.name,
      { aliases: {}, mappings: {}, settings: { index: indexSettings(engine, index) } },
    ]);
    return reply(request, 200, Object.fromEntries(views));
  };
}

function resolved(found: Index[]) {
  const indices = found.map(({ name, isClosed }) => ({ name, attributes: [isClosed ? 'closed' : 'open'] }));
  return { indices, aliases: [], data_streams: [] };
}

function shardCounts({ restores }: SnapshotStore, indices: Index[]): ShardCounts {
  const states = indices.map(({ recovery }) => (recovery ? restores.stateOf(recovery) : 'done'));
  const count = (state: ShardState) => states.filter((one) => one === state).length;
  return { active: count('done'), initializing: count('recovering'), unassigned: count('queued') };
}

/** A row of `_cat/indices`, with these columns or with those that it has by default. */
function row({ name, uuid, isClosed }: Index, isThere: boolean, columns: string[] | undefined) {
  const counts = {
    'docs.count': '100',
    'docs.deleted': '0',
    'store.size': '8.1kb',
    'pri.store.size': '8.1kb',
  };
  const all = {
    health: isThere ? 'green' : 'yellow',
    status: isClosed ? 'close' : 'open',
    index: name,
    uuid,
    pri: '1',
    rep: '0',
    ...Object.fromEntries(
      Object.entries(counts).map(([key, value]) => [key, isThere && !isClosed ? value : null]),
    ),
  };
  const shown = Object.entries(all).filter(([key]) => columns === undefined || columns.includes(key));
  return Object.fromEntries(shown);
}

const indexSettings = (engine: SearchEngine, { name, uuid, createdAt, isClosed, recovery }: Index) => ({
  ...(engine === 'opensearch' && { replication: { type: 'DOCUMENT' } }),
  ...(isClosed && { verified_before_close: 'true' }),
  provided_name: recovery?.source ?? name,
  creation_date: String(Math.floor(createdAt)),
  number_of_shards: '1',
  number_of_replicas: '0',
  uuid,
  version: { created: engine === 'opensearch' ? '136407927' : '8518000' },
});
