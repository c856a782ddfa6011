import * as z from 'zod';
import type { FunctionDefinition } from '../lambdas/definition.ts';
import type { Handler } from '../lambdas/handler.ts';
import type { Definition } from './states.ts';

/** A procedure, which the engine runs, infra/ deploys and the displays follow. */
export interface Procedure {
  /** The state machine's name in a template, in PascalCase. */
  name: string;
  /** The description that the console shows. */
  description: string;
  /** The content of the built file, which is checked in. */
  definition: Definition;
  /** The functions, by their names in the definition. */
  functions: Record<string, { work: Handler<unknown>; definition: FunctionDefinition }>;
  /** The schema of the input of an execution. */
  input: z.ZodType<object>;
  /** The Task states in the order of the definition, including those inside of Map states. */
  tasks: TaskState[];
  /** The seconds of every Wait state with a constant wait, by its name. */
  waits: Record<string, number>;
}

/** A Retrier, with the defaults of https://states-language.net/spec.html */
const retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().optional(),
  MaxAttempts: z.int().default(3),
});

/** A Task state, the function that it calls, and its retries. */
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

/** This only checks a part of the types. A test checks that every file is exactly what the typed builder makes. */
const built = z.custom<Definition>((value) => z.object({ States: states }).safeParse(value).success);

/** Makes a procedure. Throws if its definition calls a function that is not in `functions`. */
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

/** The input of an execution as text. Throws if the input does not match the schema of the procedure. */
export function startInput({ input: schema }: Procedure, input: object): string {
  schema.parse(input);
  return JSON.stringify(input);
}
