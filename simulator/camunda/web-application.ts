import type { Answer, Request } from '../http/http.ts';

/** The backup endpoint of one component, in its own dialect. */
export interface BackupEndpoint {
  start(request: Request): Answer;
  check(request: Request, id: string): Answer;
  list(request: Request): Answer;
  delete(request: Request, id: string): Answer;
}
