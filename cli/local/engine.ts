import { ExecutionError, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';
import type { Context } from '../../core/context.ts';
import { withDeadline } from '../../lambdas/deadline.ts';
import type { Procedure, TaskState } from '../../statemachine/procedure.ts';
import type { Observation } from '../screen/observation.ts';
import { type Counts, countInto } from './counts.ts';

export type Outcome =
  | { status: 'SUCCEEDED'; output: unknown }
  | { status: 'FAILED'; error: string; cause: string }
  /** `by` is the signal, if it is known. */
  | { status: 'INTERRUPTED'; by?: string };

export interface EngineOptions {
  procedure: Procedure;
  context: Context;
  runId: string;
  input: object;
  /** The state in which the execution begins. The default is StartAt of the definition. */
  startAt?: string;
  observe?: (observation: Observation) => void;
  /** Shorter waits, for tests and the bench. */
  waitTimeOverrides?: Record<string, number>;
  retryIntervalOverrides?: Record<string, number>;
  /** Wraps each call of a handler, for tests and the bench, which control the clock. */
  around?: <T>(input: unknown, call: () => Promise<T>) => Promise<T>;
}

export interface Running {
  result: Promise<Outcome>;
  counts: Counts;
  /** Stops the execution at once. Resolves when no handler is at work any more. */
  stop(): Promise<void>;
}

const json = z.json();
type Json = z.infer<typeof json>;

/** A handler ends this long before its state's own time limit, which could not say which call it waited for. */
const secondsToSpare = 10;

/** The engine's type of a definition. test/statemachine validates the definitions as Amazon States Language. */
const ownDefinition = z.custom<StateMachineDefinition>((value) => typeof value === 'object');

/** The wrapper that the Lambda integration puts around the input. */
const invocation = z.object({ Payload: z.unknown() });

/** Runs the same definition of a procedure that is deployed, with its functions in this process. */
export function startExecution(options: EngineOptions): Running {
  const { procedure, runId, input, startAt, waitTimeOverrides, retryIntervalOverrides } = options;
  const atWork = new Set<Promise<unknown>>();
  const counts: Counts = { transitions: 0, events: 0 };
  let stopped = false;

  const local = Object.fromEntries(
    procedure.tasks.map((task) => [
      task.state,
      async (given: unknown): Promise<{ Payload: Json }> => {
        // After an abort, the engine calls a state once more if it was waiting for its retry.
        if (stopped) throw new Error('stopped');
        const payload = invocation.parse(given).Payload;
        const { around = (_, work) => work() } = options;
        const work = around(payload, () => call(task, payload, options));
        atWork.add(work);
        try {
          return { Payload: await work };
        } finally {
          atWork.delete(work);
        }
      },
    ]),
  );
  const definition = ownDefinition.parse(procedure.definition);
  const machine = new StateMachine(startAt ? { ...definition, StartAt: startAt } : definition, {
    // test/statemachine validates the definition; a second validation would delay every start.
    validationOptions: { noValidate: true },
  });
  const execution = machine.run(json.parse(JSON.parse(JSON.stringify(input))), {
    noThrowOnAbort: true,
    context: { Execution: { Id: runId } },
    overrides: {
      taskResourceLocalHandlers: local,
      ...(waitTimeOverrides ? { waitTimeOverrides } : {}),
      ...(retryIntervalOverrides ? { retryIntervalOverrides } : {}),
    },
  });
  const counted = countInto(counts, execution.eventLogs);
  return {
    result: outcomeOf(execution.result, () => stopped, counted),
    counts,
    async stop() {
      stopped = true;
      execution.abort();
      await Promise.allSettled(atWork);
    },
  };
}

async function call(
  { state, functionName, timeoutSeconds }: TaskState,
  input: unknown,
  { procedure, context, observe }: EngineOptions,
): Promise<Json> {
  const at = () => context.clock.now();
  const called = procedure.functions[functionName];
  if (!called) throw new Error(`The state ${state} calls ${functionName}, which does not exist`);
  observe?.({ type: 'called', state, function: functionName, at: at(), input });
  try {
    // On AWS, only JSON passes between states.
    const answer = await withDeadline(called.work, input, context, timeoutSeconds - secondsToSpare);
    const output = json.parse(JSON.parse(JSON.stringify(answer ?? null)));
    observe?.({ type: 'answered', state, function: functionName, at: at(), input, output });
    return output;
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    observe?.({ type: 'threw', state, function: functionName, at: at(), input, error });
    throw error;
  }
}

async function outcomeOf(
  result: Promise<unknown>,
  stopped: () => boolean,
  counted: Promise<void>,
): Promise<Outcome> {
  try {
    const output = await result;
    await counted;
    return stopped() ? { status: 'INTERRUPTED' } : { status: 'SUCCEEDED', output };
  } catch (error) {
    if (stopped()) return { status: 'INTERRUPTED' };
    const cause = error instanceof ExecutionError ? error.cause : error;
    if (cause instanceof Error) return { status: 'FAILED', error: cause.name, cause: cause.message };
    throw error;
  }
}
