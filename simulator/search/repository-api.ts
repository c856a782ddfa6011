import type { Answer, Request } from '../http/http.ts';
import { repositoryMissing } from './errors.ts';
import { fits, isWildcard } from './name-patterns.ts';
import type { SearchReplies } from './replies.ts';
import { repositoryInRestore } from './restore-errors.ts';
import type { SnapshotStore } from './snapshots.ts';

const NODES = { '0JKUaxDIRGi5sbf_ymvgBw': { name: 'n1' } };

/** Serves snapshot repositories. */
export function repositoryApi({ engine, reply, refuse }: SearchReplies, store: SnapshotStore) {
  function repositories(request: Request, names: string | undefined): Answer {
    const wanted = names === undefined ? ['_all'] : names.split(',');
    const missing = wanted.find((one) => !isWildcard(one) && !store.hasRepository(one));
    if (missing !== undefined) return refuse(request, repositoryMissing(missing));
    return reply(
      request,
      200,
      Object.fromEntries(store.repositories().filter(([name]) => fits(wanted, name))),
    );
  }

  function register(request: Request, name: string): Answer {
    const body = readObject(request.body);
    if (typeof body?.['type'] !== 'string') {
      const reason = 'Validation Failed: 1: type is missing;';
      return refuse(request, { status: 400, type: 'action_request_validation_exception', reason });
    }
    if (isRestored(name)) return refuse(request, repositoryInRestore(engine, name));
    const given = body['settings'];
    const isObject = given !== null && typeof given === 'object' && !Array.isArray(given);
    // The engine returns all settings as texts, whatever their types were.
    const settings = Object.entries(isObject ? given : {}).map(([key, value]) => [key, String(value)]);
    store.register(name, { type: body['type'], settings: Object.fromEntries(settings) });
    return reply(request, 200, { acknowledged: true });
  }

  /** Whether a snapshot in the repository is being restored. */
  const isRestored = (name: string): boolean =>
    (store.restores.running() ?? []).some(({ repository }) => repository === name);

  function unregister(request: Request, name: string): Answer {
    if (isRestored(name)) return refuse(request, repositoryInRestore(engine, name));
    if (!store.unregister(name)) return refuse(request, repositoryMissing(name));
    return reply(request, 200, { acknowledged: true });
  }

  function verify(request: Request, name: string): Answer {
    if (!store.hasRepository(name)) return refuse(request, repositoryMissing(name));
    return reply(request, 200, { nodes: NODES });
  }

  return { get: repositories, register, unregister, verify };
}

function readObject(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
