import type { Answer, Request } from '../http/http.ts';
import { indicesInSnapshot } from './errors.ts';
import { chooseIndices } from './index-choice.ts';
import type { Index } from './indices.ts';
import type { SearchReplies } from './replies.ts';
import { indicesInRestore } from './restore-errors.ts';
import type { SnapshotStore } from './snapshots.ts';

/** Serves the deletion of indices (`DELETE /{pattern}`), `POST /{pattern}/_close` and `POST /{pattern}/_open`. */
export function indexChangesApi({ engine, reply, refuse }: SearchReplies, store: SnapshotStore) {
  function inSnapshots(indices: Index[]): Index[] {
    const busy = store.indicesInSnapshots();
    return indices.filter(({ name }) => busy.includes(name));
  }

  function remove(request: Request, pattern: string): Answer {
    const chosen = chooseIndices(engine, store.indices, request, pattern, { expandsTo: 'open,closed' });
    if ('refusal' in chosen) return refuse(request, chosen.refusal);
    const busy = inSnapshots(chosen.indices);
    if (busy.length > 0) return refuse(request, indicesInSnapshot('delete', busy));
    for (const index of chosen.indices) store.indices.delete(index);
    store.restores.fail(chosen.indices);
    return reply(request, 200, { acknowledged: true });
  }

  function close(request: Request, pattern: string): Answer {
    const chosen = chooseIndices(engine, store.indices, request, pattern, { expandsTo: 'open' });
    if ('refusal' in chosen) return refuse(request, chosen.refusal);
    const busy = inSnapshots(chosen.indices);
    if (busy.length > 0) return refuse(request, indicesInSnapshot('close', busy));
    const restored = store.restores.among(chosen.indices);
    if (restored.length > 0) return refuse(request, indicesInRestore(restored));
    const closed = chosen.indices.filter(({ isClosed }) => !isClosed);
    for (const index of closed) index.isClosed = true;
    const indices = Object.fromEntries(closed.map(({ name }) => [name, { closed: true }]));
    return reply(request, 200, { acknowledged: true, shards_acknowledged: closed.length > 0, indices });
  }

  function open(request: Request, pattern: string): Answer {
    const chosen = chooseIndices(engine, store.indices, request, pattern, { expandsTo: 'closed' });
    if ('refusal' in chosen) return refuse(request, chosen.refusal);
    for (const index of chosen.indices) index.isClosed = false;
    return reply(request, 200, { acknowledged: true, shards_acknowledged: true });
  }

  return { remove, close, open };
}
