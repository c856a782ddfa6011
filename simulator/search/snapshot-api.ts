import type { SimulatorClock } from '../clock.ts';
import type { CourseKind } from '../faults/faults.ts';
import type { Answer, Request } from '../http/http.ts';
import {
  COMMON_PARAMETERS,
  illegalArgument,
  indexNotFound,
  invalidName,
  nameInUse,
  parseError,
  readonlyRepository,
  repositoryMissing,
  type SearchError,
  snapshotMissing,
  unrecognized,
} from './errors.ts';
import { newUuid } from './indices.ts';
import { choose as chooseNames, fits, isWildcard } from './name-patterns.ts';
import type { SearchReplies } from './replies.ts';
import { shardsNotAssigned, snapshotInRestore } from './restore-errors.ts';
import { readSnapshotRequest, type SnapshotRequest } from './snapshot-request.ts';
import { shortView, snapshotView, statusView } from './snapshot-views.ts';
import type { Snapshot, SnapshotStore } from './snapshots.ts';

const NOT_FOUND_MS = 1000;

/** Serves the creation, views and deletion of snapshots. `nextCourse` returns the fault of the next snapshot. */
export function snapshotApi(
  { engine, reply, refuse }: SearchReplies,
  store: SnapshotStore,
  clock: SimulatorClock,
  durationMs: number,
  nextCourse: () => CourseKind | undefined,
) {
  const elastic = engine === 'elasticsearch';

  function listing(
    request: Request,
    snapshots: Record<string, unknown>[],
    remaining = 0,
    next?: string,
  ): Answer {
    const counts = { total: snapshots.length + remaining, remaining };
    return reply(request, 200, { snapshots, ...(next !== undefined && { next }), ...(elastic && counts) });
  }

  function get(request: Request, repository: string, names: string): Answer {
    if (!store.hasRepository(repository)) return refuse(request, repositoryMissing(repository));
    const paging = ['size', 'sort', 'order', 'offset', 'after'].filter((name) => request.query.has(name));
    if (!elastic && paging.length > 0) return refuse(request, unrecognized(request.path, paging));
    const short = request.query.get('verbose') === 'false';
    if (elastic && short && paging.length > 0) {
      const reason =
        "Validation Failed: 1: can't use size limit with verbose=false;2: can't use non-default sort order with verbose=false;";
      return refuse(request, { status: 400, type: 'action_request_validation_exception', reason });
    }
    const now = clock.now();
    const all = store.list(repository);
    const chosen =
      names === '_current'
        ? all.filter((one) => store.stateOf(one) === 'IN_PROGRESS')
        : choose(request, repository, names, all);
    if (!Array.isArray(chosen)) return refuse(request, chosen);
    if (short) {
      const sorted = chosen.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      return listing(
        request,
        sorted.map((one) => shortView(engine, repository, one, store.stateOf(one))),
      );
    }
    const sorted = request.query.get('order') === 'desc' ? chosen.toReversed() : chosen;
    const from = offsetOf(request);
    const size = Number(request.query.get('size') ?? 0);
    const page = size > 0 ? sorted.slice(from, from + size) : sorted.slice(from);
    const left = sorted.length - from - page.length;
    const next = left > 0 ? Buffer.from(String(from + page.length)).toString('base64') : undefined;
    const views = page.map((one) => snapshotView(engine, repository, one, store.stateOf(one), now));
    return listing(request, views, left, next);
  }

  /** The snapshots that match a list of names and wildcards, or the error if the list is wrong. */
  function choose(
    request: Request,
    repository: string,
    names: string,
    all: Snapshot[],
  ): Snapshot[] | SearchError {
    const patterns = names.split(',');
    if (request.query.get('ignore_unavailable') !== 'true') {
      for (const pattern of patterns) {
        if (all.some((one) => fits([pattern], one.name))) continue;
        // A wildcard without a match is an error in OpenSearch only. `_all` is never an error.
        const harmless = pattern === '_all' || pattern === '*' || (elastic && isWildcard(pattern));
        if (!harmless) return snapshotMissing(repository, pattern);
      }
    }
    return all.filter((one) => fits(patterns, one.name));
  }

  function status(request: Request, repository: string, names: string): Answer {
    if (!store.hasRepository(repository)) return refuse(request, repositoryMissing(repository));
    const chosen = choose(request, repository, names, store.list(repository));
    if (!Array.isArray(chosen)) return refuse(request, chosen);
    return reply(request, 200, { snapshots: statuses(repository, chosen) });
  }

  const statuses = (repository: string, chosen: Snapshot[]) =>
    chosen.map((one) => statusView(engine, repository, one, store.stateOf(one), clock.now()));

  /** Answers `GET /_snapshot/_status` with the running snapshots of all repositories. */
  function running(request: Request): Answer {
    const snapshots = store.repositories().flatMap(([repository]) =>
      statuses(
        repository,
        store.list(repository).filter((one) => store.stateOf(one) === 'IN_PROGRESS'),
      ),
    );
    return reply(request, 200, { snapshots });
  }

  async function create(request: Request, repository: string, name: string): Promise<Answer> {
    if (!store.hasRepository(repository)) return refuse(request, repositoryMissing(repository));
    if (store.isReadonly(repository))
      return refuse(request, readonlyRepository(engine, repository, 'create'));
    const known = ['wait_for_completion', 'master_timeout', 'cluster_manager_timeout', ...COMMON_PARAMETERS];
    const unknown = [...request.query.keys()].filter((key) => !known.includes(key));
    if (unknown.length > 0) return refuse(request, unrecognized(request.path, unknown));
    const wait = request.query.get('wait_for_completion') ?? 'false';
    if (wait !== 'true' && wait !== 'false' && wait !== '') {
      const reason = `Failed to parse value [${wait}] as only [true] or [false] are allowed.`;
      return refuse(request, illegalArgument(reason));
    }
    const invalid = invalidName(engine, repository, name);
    if (invalid) return refuse(request, invalid);
    if (store.find(repository, name)) return refuse(request, nameInUse(engine, repository, name));
    const asked = readSnapshotRequest(request.body);
    if (asked === undefined) return refuse(request, parseError(engine));
    // A wildcard does not match closed indices.
    const taken = chooseNames(asked.patterns, store.indices.names(), asked, (index) => !isClosed(index));
    if ('unmatched' in taken) return refuse(request, indexNotFound(engine, taken.unmatched));

    const restored = store.restores.among(store.indices.named(taken.chosen));
    const queued = restored.filter(
      ({ recovery }) => recovery && store.restores.stateOf(recovery) === 'queued',
    );
    if (queued.length > 0) {
      const id = { name, uuid: newUuid() };
      return refuse(request, shardsNotAssigned(engine, repository, id, queued));
    }

    const snapshot = take(repository, name, taken.chosen, asked);
    if (wait === 'false') return reply(request, 200, { accepted: true });
    await store.finished(snapshot, request.gone);
    const view = snapshotView(engine, repository, snapshot, store.stateOf(snapshot), clock.now());
    return reply(request, 200, { snapshot: view });
  }

  const isClosed = (index: string) => store.indices.find(index)?.isClosed === true;

  function take(
    repository: string,
    name: string,
    indices: string[],
    { includeGlobalState, metadata }: SnapshotRequest,
  ): Snapshot {
    const course = nextCourse();
    const now = clock.now();
    // A snapshot waits for the shards that a node is restoring.
    const begins = Math.max(
      now,
      ...store.indices.named(indices).map(({ recovery }) => recovery?.endsAt ?? now),
    );
    const endsAt = indices.length === 0 ? now : begins + durationMs;
    return store.add(repository, {
      name,
      indices,
      includeGlobalState,
      metadata,
      startedAt: now,
      endsAt: course === 'neverEnds' ? Number.POSITIVE_INFINITY : endsAt,
      ...(course === 'vanishes' && { hiddenUntil: Number.POSITIVE_INFINITY }),
      ...(course === 'notFoundAfterAccept' && { hiddenUntil: now + NOT_FOUND_MS }),
      ...(course === 'incompatible' && { outcome: 'INCOMPATIBLE' }),
      ...(course === 'partial' && { outcome: 'PARTIAL', failures: ['primary shard is not allocated'] }),
      ...(typeof course === 'object' && { outcome: 'FAILED', failures: [course.failed.reason ?? 'aborted'] }),
    });
  }

  function remove(request: Request, repository: string, names: string): Answer {
    if (!store.hasRepository(repository)) return refuse(request, repositoryMissing(repository));
    if (store.isReadonly(repository))
      return refuse(request, readonlyRepository(engine, repository, 'delete'));
    const all = store.list(repository);
    const patterns = names.split(',');
    const missing = patterns.find((one) => !isWildcard(one) && !all.some(({ name }) => name === one));
    if (missing !== undefined) return refuse(request, snapshotMissing(repository, missing));
    const chosen = all.filter(({ name }) => fits(patterns, name));
    const running = store.restores.running() ?? [];
    const restored = chosen.find((snapshot) => running.some((restore) => restore.snapshot === snapshot));
    if (restored) return refuse(request, snapshotInRestore(repository, restored, running));
    for (const snapshot of chosen) store.delete(snapshot);
    return reply(request, 200, { acknowledged: true });
  }

  function catSnapshots(request: Request, repository: string): Answer {
    if (!store.hasRepository(repository)) return refuse(request, repositoryMissing(repository));
    const rows = store.list(repository).map((one) => {
      const state = store.stateOf(one);
      const clockTime = (ms: number) => new Date(ms).toISOString().slice(11, 19);
      const endsAt = state === 'IN_PROGRESS' ? 0 : one.endsAt;
      const total = one.indices.length;
      const failed = state === 'SUCCESS' || state === 'IN_PROGRESS' ? 0 : 1;
      return {
        id: one.name,
        ...(elastic && { repository }),
        status: state,
        start_epoch: String(Math.floor(one.startedAt / 1000)),
        start_time: clockTime(one.startedAt),
        end_epoch: String(Math.floor(endsAt / 1000)),
        end_time: clockTime(endsAt),
        duration: `${Math.max(0, Math.round(endsAt - one.startedAt))}ms`,
        indices: String(total),
        successful_shards: String(total - failed),
        failed_shards: String(failed),
        total_shards: String(total),
      };
    });
    return reply(request, 200, rows);
  }

  return { get, status, running, create, remove, cat: catSnapshots };
}

function offsetOf(request: Request): number {
  const after = request.query.get('after');
  if (after !== null) return Number(Buffer.from(after, 'base64').toString());
  return Number(request.query.get('offset') ?? 0);
}
