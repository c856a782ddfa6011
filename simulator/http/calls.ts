import type { SimulatorClock } from '../clock.ts';
import type { CallFaultKind, FaultBook } from '../faults/faults.ts';
import type { Operation } from '../operations.ts';
import { recordedAnswer } from '../recorded.ts';
import { html, springError } from './answers.ts';
import type { Answer, Outcome, Request } from './http.ts';
import type { Route } from './route.ts';

export interface Call {
  /** Milliseconds since 1970, on the simulator's clock. */
  at: number;
  /** The endpoint; `unknown` if the address does not have it. */
  operation: Operation | 'unknown';
  /** The name of the called address: `zeebe`, `broker-0`, `operate`, `search`, ... */
  address: string;
  method: string;
  path: string;
  body: string;
  /** The status of the answer; 0 if none was sent, or none was sent yet. */
  status: number;
}

/** Routes each request, applies an ordered fault, and records the call. */
export class CallLog {
  readonly #clock: SimulatorClock;
  readonly #faults: FaultBook;
  readonly #calls: Call[] = [];

  constructor(clock: SimulatorClock, faults: FaultBook) {
    this.#clock = clock;
    this.#faults = faults;
  }

  list(): Call[] {
    return this.#calls.map((call) => ({ ...call }));
  }

  handler(address: string, find: (request: Request) => Route | undefined) {
    return async (request: Request): Promise<Outcome> => {
      const route = find(request);
      const query = request.query.size > 0 ? `?${request.query}` : '';
      const call: Call = {
        at: this.#clock.now(),
        operation: route?.operation ?? 'unknown',
        address,
        method: request.method,
        path: `${request.path}${query}`,
        body: request.body,
        status: 0,
      };
      this.#calls.push(call);
      const outcome = await this.#outcome(request, route);
      if (typeof outcome === 'object' && !request.gone.aborted) call.status = outcome.status;
      return outcome;
    };
  }

  async #outcome(request: Request, route: Route | undefined): Promise<Outcome> {
    if (route === undefined) return springError(404, request.path, this.#clock.now());
    const work = async () => route.handle(request);
    const fault = this.#faults.forCall(route.operation);
    return fault === undefined ? work() : this.#strike(fault, request, work);
  }

  async #strike(fault: CallFaultKind, request: Request, work: () => Promise<Answer>): Promise<Outcome> {
    switch (fault) {
      case 'hang':
      case 'reset':
        return fault;
      case 'html':
        return html();
      case 'truncated': {
        const answer = await work();
        const body = answer.body === '' ? '{"' : answer.body;
        return { ...answer, body: body.slice(0, Math.ceil(body.length / 2)) };
      }
      case 'lostAnswer':
        await work();
        return 'reset';
    }
    if ('recorded' in fault) return recordedAnswer(fault.recorded);
    if ('slow' in fault) {
      await this.#clock.sleep(fault.slow, request.gone);
      return work();
    }
    if ('lostAnswer' in fault) {
      await work();
      return 'hang';
    }
    const { status, body, contentType } = fault.answer;
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    return { status, headers: { 'Content-Type': contentType ?? 'application/json' }, body: text };
  }
}
