import type { SearchEngine } from '../options.ts';
import type { Index } from './indices.ts';

/** The documents in each index, as `_cat/indices` shows them. */
const DOCUMENTS = 100;
const NODE = '0JKUaxDIRGi5sbf_ymvgBw';

/**
 * The body of `GET /{pattern}/_stats/docs?level=shards` for indices of which some are `there` already. Every index has one shard, whose commit only contains its
 * documents after a snapshot of it has begun.
 */
export function shardStats(engine: SearchEngine, indices: Index[], there: Index[], now: number): unknown {
  const docs = { docs: { count: DOCUMENTS * there.length, deleted: 0 } };
  const all = there.length > 0 ? docs : {};
  return {
    _shards: { total: indices.length, successful: there.length, failed: 0 },
    _all: { primaries: all, total: all },
    indices: Object.fromEntries(
      there.map((index) => [index.name, indexStats(engine, index, index.committedAt <= now)]),
    ),
  };
}

function indexStats(engine: SearchEngine, { uuid }: Index, isCommitted: boolean) {
  const docs = { docs: { count: DOCUMENTS, deleted: 0 } };
  const last = DOCUMENTS - 1;
  const shard = {
    routing: { state: 'STARTED', primary: true, node: NODE, relocating_node: null },
    ...docs,
    commit: {
      id: 'YbJxo4TjRfC7hnZXL8UJ4w==',
      generation: isCommitted ? 3 : 2,
      user_data: {
        local_checkpoint: isCommitted ? String(last) : '-1',
        max_unsafe_auto_id_timestamp: '-1',
        min_retained_seq_no: '0',
        translog_uuid: 'cTqs9iyHQsSUVjMW8uLMRQ',
        history_uuid: 'fr3MbE1WRC2R9GX-8jIagw',
        max_seq_no: isCommitted ? String(last) : '-1',
      },
      num_docs: isCommitted ? DOCUMENTS : 0,
    },
    seq_no: { max_seq_no: last, local_checkpoint: last, global_checkpoint: last },
  };
  return {
    uuid,
    ...(engine === 'elasticsearch' && { health: 'green', status: 'open' }),
    primaries: docs,
    total: docs,
    shards: { 0: [shard] },
  };
}
