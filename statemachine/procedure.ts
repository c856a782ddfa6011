import * as z from 'zod';
import type { FunctionDefinition } from '../lambdas/definition.ts';
import type { Handler } from '../lambdas/handler.ts';
import type { Definition } from './states.ts';

/** What the engine runs, infra deploys and a display follows. */
export interface Procedure {
  /** In PascalCase: the state machine's name in a template. */
  name: string;
  /** A sentence for the console. */
  description: string;
  /** What the builder made and the repository holds. */
  definition: Definition;
  /** By the names that the definition calls them by. */
  functions: Record<string, { work: Handler<unknown>; definition: FunctionDefinition }>;
  /** Of an execution that begins at its start. */
  input: z.ZodType<object>;
  /** In the definition's order, also those inside of the Map states. */
  tasks: TaskState[];
  /** Seconds of every Wait state whose wait is always the same, by its name. */
  waits: Record<string, number>;
}

/** With the defaults of the Amazon States Language. */
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
    Parameters: z.object({ FunctionName: z.string() }).optional(),
    TimeoutSeconds: z.number().optional(),
    Seconds: z.number().optional(),
    ItemProcessor: z.object({ States: z.unknown() }).optional(),
    Retry: z.array(retrier).default([]),
  }),
);

/** test/statemachine holds that a file that is checked in is what the builder makes of these types. */
const built = z.custom<Definition>((value) => z.object({ States: states }).safeParse(value).success);

/** Throws where the definition calls a function that it is not given. */
export function procedure({
  definition: file,
  ...about
}: Omit<Procedure, 'definition' | 'tasks' | 'waits'> & { definition: unknown }): Procedure {
  const definition = built.parse(file);
  const tasks = tasksIn(definition.States);
  const unknown = tasks.find(({ functionName }) => !Object.hasOwn(about.functions, functionName));
  if (unknown)
    throw new Error(`${about.name}: ${unknown.state} calls ${unknown.functionName}, which does not exist`);
  return { ...about, definition, tasks, waits: waitsIn(definition.States) };
}

function tasksIn(value: unknown): TaskState[] {
  return Object.entries(states.parse(value)).flatMap(
    ([state, { Parameters, ItemProcessor, TimeoutSeconds, Retry: retry }]) => {
      if (ItemProcessor) return tasksIn(ItemProcessor.States);
      const functionName = /^\$\{(\w+)\}$/.exec(Parameters?.FunctionName ?? '')?.[1];
      return functionName && TimeoutSeconds
        ? [{ state, functionName, timeoutSeconds: TimeoutSeconds, retry }]
        : [];
    },
  );
}

function waitsIn(value: unknown): Record<string, number> {
  const waits = Object.entries(states.parse(value)).map(([name, { Seconds }]) => [name, Seconds] as const);
  return Object.fromEntries(
    waits.flatMap(([name, seconds]) => (seconds === undefined ? [] : [[name, seconds]])),
  );
}

/** The input of an execution as text. Throws where the procedure would refuse it. */
export function startInput({ input: schema }: Procedure, input: object): string {
  schema.parse(input);
  return JSON.stringify(input);
}
