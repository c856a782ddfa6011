import type { Awaitable } from '../awaitable.ts';
import type { Answer, Request } from '../http/http.ts';

/** The backup endpoint of one component, with the answers of that component. */
export interface BackupEndpoint {
  start(request: Request): Awaitable<Answer>;
  check(request: Request, id: string): Awaitable<Answer>;
  list(request: Request): Awaitable<Answer>;
  delete(request: Request, id: string): Awaitable<Answer>;
}

/** A search engine does not answer, or says that it cannot serve anybody. */
export class EngineDown extends Error {
  override readonly name = 'EngineDown';
}

/**
 * Serves a request once more if the engine went away between two questions to it. The request then finds it down, and has the
 * answer of its component for that.
 */
export function servedAnew(endpoint: BackupEndpoint): BackupEndpoint {
  async function serve(handle: () => Awaitable<Answer>): Promise<Answer> {
    try {
      return await handle();
    } catch (error) {
      if (!(error instanceof EngineDown)) throw error;
      return handle();
    }
  }
  return {
    start: (request) => serve(() => endpoint.start(request)),
    check: (request, id) => serve(() => endpoint.check(request, id)),
    list: (request) => serve(() => endpoint.list(request)),
    delete: (request, id) => serve(() => endpoint.delete(request, id)),
  };
}
