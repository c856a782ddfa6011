import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';
import file from '../../statemachine/backup.asl.json' with { type: 'json' };

/** The engine's own type, for what test/statemachine has validated as Amazon States Language. */
export const definition = z.custom<StateMachineDefinition>((value) => typeof value === 'object').parse(file);

/** With the defaults of Amazon States Language. */
const retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().optional(),
  MaxAttempts: z.int().default(3),
});

/** A Task state, the function that it calls, and when it is repeated. */
export interface TaskState {
  state: string;
  functionName: string;
  timeoutSeconds: number;
  retry: z.infer<typeof retrier>[];
}

const states = z.record(
  z.string(),
  z.object({
    Type: z.string(),
    Parameters: z.object({ FunctionName: z.string() }).optional(),
    TimeoutSeconds: z.number().optional(),
    ItemProcessor: z.object({ States: z.unknown() }).optional(),
    Retry: z.array(retrier).default([]),
  }),
);

/** Every Task state, also those inside of the Map states. */
export const taskStates: TaskState[] = tasksOf(file.States);

function tasksOf(value: unknown): TaskState[] {
  return Object.entries(states.parse(value)).flatMap(
    ([state, { Parameters, ItemProcessor, TimeoutSeconds, Retry: retry }]) => {
      if (ItemProcessor) return tasksOf(ItemProcessor.States);
      const functionName = /^\$\{(\w+)\}$/.exec(Parameters?.FunctionName ?? '')?.[1];
      return functionName && TimeoutSeconds
        ? [{ state, functionName, timeoutSeconds: TimeoutSeconds, retry }]
        : [];
    },
  );
}
