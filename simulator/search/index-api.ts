import type { Answer, Request } from '../http/http.ts';
import { indexNotFound } from './errors.ts';
import type { SearchReplies } from './replies.ts';
import { shardStats } from './shard-stats.ts';
import { fits, isWildcard, type SnapshotStore } from './snapshots.ts';

/** Serves lists of indices (`GET /{pattern}`, `_resolve/index` and `_cat/indices`) and statistics of their shards. */
export function indexApi({ engine, reply, refuse }: SearchReplies, store: SnapshotStore) {
  return function indices(
    request: Request,
    pattern: string,
    shape: 'get' | 'resolve' | 'cat' | 'stats',
  ): Answer {
    const patterns = pattern.split(',');
    const lenient = request.query.get('ignore_unavailable') === 'true';
    const missing = patterns.find((one) => !isWildcard(one) && !lenient && !store.indices.includes(one));
    if (missing !== undefined) return refuse(request, indexNotFound(engine, missing));
    const found = store.indices.filter((index) => fits(patterns, index)).toSorted();
    if (found.length === 0 && request.query.get('allow_no_indices') === 'false') {
      return refuse(request, indexNotFound(engine, pattern));
    }
    if (shape === 'stats') return reply(request, 200, shardStats(engine, store, found));
    if (shape === 'resolve') {
      const resolved = found.map((name) => ({ name, attributes: ['open'] }));
      return reply(request, 200, { indices: resolved, aliases: [], data_streams: [] });
    }
    if (shape === 'get') {
      const views = found.map((name) => [
        name,
        { aliases: {}, mappings: {}, settings: { index: indexSettings(name) } },
      ]);
      return reply(request, 200, Object.fromEntries(views));
    }
    const rows = found.map((index) => ({
      health: 'green',
      status: 'open',
      index,
      uuid: 'PfnURGgNT8iv-sT1kFLspA',
      pri: '1',
      rep: '0',
      'docs.count': '100',
      'docs.deleted': '0',
      'store.size': '8.1kb',
      'pri.store.size': '8.1kb',
    }));
    return reply(request, 200, rows);
  };
}

const indexSettings = (name: string) => ({
  provided_name: name,
  number_of_shards: '1',
  number_of_replicas: '0',
});
