import type { Answer, Request } from '../http/http.ts';

/** The backup endpoint of one component, with the answers of that component. */
export interface BackupEndpoint {
  start(request: Request): Answer;
  check(request: Request, id: string): Answer;
  list(request: Request): Answer;
  delete(request: Request, id: string): Answer;
}
