import type { Operation } from '../operations.ts';
import type { Answer, Request } from './http.ts';

/** Where a request leads: the operation's name, for faults and the list of calls, and what does the work. */
export interface Route {
  operation: Operation;
  handle(request: Request): Answer | Promise<Answer>;
}
