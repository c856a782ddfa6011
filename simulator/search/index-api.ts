import type { SimulatorClock } from '../clock.ts';
import type { Answer, Request } from '../http/http.ts';
import type { SearchEngine } from '../options.ts';
import { indexClosed } from './errors.ts';
import { chooseIndices } from './index-choice.ts';
import type { Index } from './indices.ts';
import type { SearchReplies } from './replies.ts';
import { shardStats } from './shard-stats.ts';
import type { SnapshotStore } from './snapshots.ts';

/** Serves lists of indices (`GET /{pattern}`, `_resolve/index` and `_cat/indices`) and statistics of their shards. */
export function indexApi(
  { engine, reply, refuse }: SearchReplies,
  store: SnapshotStore,
  clock: SimulatorClock,
) {
  return function indices(
    request: Request,
    pattern: string,
    shape: 'get' | 'resolve' | 'cat' | 'stats',
  ): Answer {
    const chosen = chooseIndices(engine, store.indices, request, pattern, {
      expandsTo: shape === 'cat' ? 'open,closed' : 'open',
      isLenient: shape === 'resolve' && engine === 'opensearch',
    });
    if ('refusal' in chosen) return refuse(request, chosen.refusal);
    const found = chosen.indices;
    if (shape === 'stats') {
      const closed = found.find(({ isClosed }) => isClosed);
      if (closed) return refuse(request, indexClosed(closed));
      return reply(request, 200, shardStats(engine, found, clock.now()));
    }
    if (shape === 'resolve') return reply(request, 200, resolved(found));
    if (shape === 'cat') {
      const columns = request.query.get('h')?.split(',');
      return reply(
        request,
        200,
        found.map((index) => row(index, columns)),
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

/** A row of `_cat/indices`, with these columns or with those that it has by default. */
function row({ name, uuid, isClosed }: Index, columns: string[] | undefined) {
  const counts = {
    'docs.count': '100',
    'docs.deleted': '0',
    'store.size': '8.1kb',
    'pri.store.size': '8.1kb',
  };
  const all = {
    health: 'green',
    status: isClosed ? 'close' : 'open',
    index: name,
    uuid,
    pri: '1',
    rep: '0',
    ...Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, isClosed ? null : value])),
  };
  const shown = Object.entries(all).filter(([key]) => columns === undefined || columns.includes(key));
  return Object.fromEntries(shown);
}

const indexSettings = (engine: SearchEngine, { name, uuid, createdAt, isClosed }: Index) => ({
  ...(engine === 'opensearch' && { replication: { type: 'DOCUMENT' } }),
  ...(isClosed && { verified_before_close: 'true' }),
  provided_name: name,
  creation_date: String(Math.floor(createdAt)),
  number_of_shards: '1',
  number_of_replicas: '0',
  uuid,
  version: { created: engine === 'opensearch' ? '136407927' : '8518000' },
});
