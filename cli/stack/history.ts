import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { messageIn } from '../../lambdas/carried-error.ts';
import type { Procedure } from '../../statemachine/procedure.ts';
import type { Observation } from '../screen/observation.ts';
import type { Aws } from './aws.ts';

/** The end of an execution, with the status that Step Functions reports. */
export interface Ended {
  status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  output: unknown;
  error: string | undefined;
  /** The reason as a sentence, or ''. */
  cause: string;
  at: number;
}

/** The events since the last look. */
export interface NewEvents {
  /** The beginning of the execution and its input, in one look only. */
  started?: { at: number; input: unknown };
  observations: Observation[];
  /** Set once the execution has ended. */
  ended?: Ended;
}

const pageSize = { first: 1000, later: 100 };

/**
 * Reads an execution's history in pieces, from the newest event back to the last known one. So a look at a long run
 * costs as little as a look at a short one.
 */
export function historyReader(executionArn: string, procedure: Pick<Procedure, 'tasks'>, aws: Aws) {
  const read = interpreter(procedure);
  let last = 0;
  return {
    async readNew(signal?: AbortSignal): Promise<NewEvents> {
      const fresh = new Map<number, HistoryEvent>();
      const maxResults = last === 0 ? pageSize.first : pageSize.later;
      let nextToken: string | undefined;
      do {
        const page = await aws.history(
          { executionArn, maxResults, reverseOrder: true, ...(nextToken ? { nextToken } : {}) },
          signal,
        );
        for (const event of page.events ?? []) if (event.id !== undefined) fresh.set(event.id, event);
        nextToken = page.nextToken;
      } while (nextToken && !fresh.has(last) && !fresh.has(1));
      const found: NewEvents = { observations: [] };
      // The history is only eventually consistent, so events are read in their order, up to the first missing one.
      for (let event = fresh.get(last + 1); event; event = fresh.get(last + 1)) {
        last += 1;
        read(event, found);
      }
      return found;
    },
  };
}

/** The Task state that an event belongs to, and the input of its function. */
interface Place {
  state: string;
  input?: unknown;
}

const invocation = z.object({ Payload: z.unknown() });

/** Makes a function that reads one event. The event before it shows which state it belongs to. */
function interpreter({ tasks }: Pick<Procedure, 'tasks'>): (event: HistoryEvent, found: NewEvents) => void {
  const functionOf = new Map(tasks.map(({ state, functionName }) => [state, functionName]));
  const places = new Map<number, Place>();
  return (event, found) => {
    const { id = 0, previousEventId = 0, type, timestamp, stateEnteredEventDetails: entered } = event;
    const at = timestamp?.getTime() ?? 0;
    let place = entered?.name === undefined ? places.get(previousEventId) : { state: entered.name };
    if (place && type === 'TaskScheduled') {
      place = { state: place.state, input: payloadOf(event.taskScheduledEventDetails?.parameters) };
    }
    if (place) places.set(id, place);
    const seen =
      place && 'input' in place
        ? observed(event, {
            state: place.state,
            function: functionOf.get(place.state) ?? place.state,
            input: place.input,
            at,
          })
        : undefined;
    if (seen) found.observations.push(seen);
    if (type === 'ExecutionStarted') {
      found.started = { at, input: parsed(event.executionStartedEventDetails?.input) };
    }
    if (type === 'ExecutionRedriven') delete found.ended;
    const ended = endOf(event, at);
    if (ended) found.ended = ended;
  };
}

function observed(
  event: HistoryEvent,
  about: Pick<Observation, 'state' | 'function' | 'at' | 'input'>,
): Observation | undefined {
  switch (event.type) {
    case 'TaskScheduled':
      return { ...about, type: 'called' };
    case 'TaskSucceeded':
      return { ...about, type: 'answered', output: payloadOf(event.taskSucceededEventDetails?.output) };
    case 'TaskFailed':
    case 'TaskTimedOut':
    case 'TaskStartFailed':
    case 'TaskSubmitFailed':
      return { ...about, type: 'threw', error: errorOf(event) };
    default:
      return undefined;
  }
}

function errorOf(event: HistoryEvent): Error {
  const { error = 'States.Timeout', cause } =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    {};
  const thrown = new Error(messageIn(cause ?? '') || `${error} without a cause`);
  thrown.name = error;
  return thrown;
}

function endOf(event: HistoryEvent, at: number): Ended | undefined {
  const end = (
    status: Ended['status'],
    details: { error?: string | undefined; cause?: string | undefined } = {},
  ) => ({ status, at, output: undefined, error: details.error, cause: messageIn(details.cause ?? '') });
  switch (event.type) {
    case 'ExecutionSucceeded':
      return { ...end('SUCCEEDED'), output: parsed(event.executionSucceededEventDetails?.output) };
    case 'ExecutionFailed':
      return end('FAILED', event.executionFailedEventDetails);
    case 'ExecutionAborted':
      return end('ABORTED', event.executionAbortedEventDetails);
    case 'ExecutionTimedOut':
      return end('TIMED_OUT', event.executionTimedOutEventDetails);
    default:
      return undefined;
  }
}

/**
 * The payload in the wrapper of the Lambda integration: `{ FunctionName, Payload }` for a call, `{ Payload, … }` for an
 * answer.
 */
function payloadOf(text: string | undefined): unknown {
  return invocation.safeParse(parsed(text)).data?.Payload;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
