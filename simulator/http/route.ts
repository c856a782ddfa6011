import type { Operation } from '../operations.ts';
import type { Answer, Request } from './http.ts';

/** The route of a request: the operation's name, for faults and the list of calls, and the function that handles it. */
export interface Route {
  operation: Operation;
  handle(request: Request): Answer | Promise<Answer>;
}
