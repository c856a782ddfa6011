import type { Awaitable } from '../awaitable.ts';
import type { Answer, Request } from '../http/http.ts';

/** The backup endpoint of one component, with the answers of that component. */
export interface BackupEndpoint {
  start(request: Request): Awaitable<Answer>;
  check(request: Request, id: string): Awaitable<Answer>;
  list(request: Request): Awaitable<Answer>;
  delete(request: Request, id: string): Awaitable<Answer>;
}
