import type { Answer, Request } from '../http/http.ts';
import { COMMON_PARAMETERS, repositoryMissing, type SearchError, unrecognized } from './errors.ts';
import { choose } from './name-patterns.ts';
import type { SearchReplies } from './replies.ts';
import {
  invalidIndexName,
  notInSnapshot,
  notRestorable,
  notWhole,
  openIndexInTheWay,
  renamedToTheSame,
  snapshotDoesNotExist,
} from './restore-errors.ts';
import { type RestoreRequest, readRestoreRequest, renamed } from './restore-request.ts';
import type { Snapshot, SnapshotStore } from './snapshots.ts';

/** Serves `POST /_snapshot/{repository}/{snapshot}/_restore`. */
export function restoreApi(
  { engine, reply, refuse }: SearchReplies,
  store: SnapshotStore,
  durationMs: number,
) {
  /** What is restored into which index, or the refusal. Nothing is changed before the whole request is known to be right. */
  function plan(
    repository: string,
    snapshot: Snapshot,
    asked: RestoreRequest,
  ): { source: string; target: string }[] | { refusal: SearchError } {
    const state = store.stateOf(snapshot);
    if (state !== 'SUCCESS' && state !== 'PARTIAL')
      return { refusal: notRestorable(repository, snapshot, state) };
    const taken = choose(asked.patterns, snapshot.indices, asked);
    if ('unmatched' in taken) return { refusal: notInSnapshot(engine, taken.unmatched) };
    const names = renamed(asked, taken.chosen);
    if ('refusal' in names) return names;
    const [failed] = snapshot.indices;
    if (state === 'PARTIAL' && failed !== undefined && taken.chosen.includes(failed)) {
      return { refusal: notWhole(repository, snapshot, failed) };
    }
    for (const [position, { source, target }] of names.entries()) {
      const same = names.slice(0, position).find((earlier) => earlier.target === target);
      if (same) return { refusal: renamedToTheSame(repository, snapshot, same.source, source, target) };
    }
    for (const { target } of names) {
      const existing = store.indices.find(target);
      const refusal = existing ? undefined : invalidIndexName(engine, target);
      if (refusal) return { refusal };
      if (existing?.isClosed === false) return { refusal: openIndexInTheWay(repository, snapshot, target) };
    }
    return names;
  }

  return async function restore(request: Request, repository: string, name: string): Promise<Answer> {
    const known = ['wait_for_completion', 'master_timeout', 'cluster_manager_timeout', ...COMMON_PARAMETERS];
    const unknown = [...request.query.keys()].filter((key) => !known.includes(key));
    if (unknown.length > 0) return refuse(request, unrecognized(request.path, unknown));
    const asked = readRestoreRequest(engine, request.body);
    if ('refusal' in asked) return refuse(request, asked.refusal);
    if (!store.hasRepository(repository)) return refuse(request, repositoryMissing(repository));
    const snapshot = store.find(repository, name);
    if (!snapshot || store.stateOf(snapshot) === 'IN_PROGRESS') {
      return refuse(request, snapshotDoesNotExist(repository, name));
    }
    const names = plan(repository, snapshot, asked);
    if ('refusal' in names) return refuse(request, names.refusal);

    const restore = store.restores.start(repository, snapshot, names, durationMs);
    // A restore of nothing has ended at once.
    if (names.length > 0 && request.query.get('wait_for_completion') !== 'true') {
      return reply(request, 200, { accepted: true });
    }
    await store.restores.finished(restore, request.gone);
    const total = names.length;
    const failed = restore.shards.filter((shard) => store.restores.stateOf(shard) === 'failed').length;
    const indices = names.map(({ target }) => target);
    const shards = { total, failed, successful: total - failed };
    return reply(request, 200, { snapshot: { snapshot: name, indices, shards } });
  };
}
