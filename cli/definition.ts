import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';
import file from '../statemachine/backup.asl.json' with { type: 'json' };

/** The engine's own type, for what test/statemachine has validated as Amazon States Language. */
export const definition = z.custom<StateMachineDefinition>((value) => typeof value === 'object').parse(file);

/** A Task state and the function that it calls. */
export interface TaskState {
  state: string;
  functionName: string;
}

const states = z.record(
  z.string(),
  z.object({
    Type: z.string(),
    Parameters: z.object({ FunctionName: z.string() }).optional(),
    ItemProcessor: z.object({ States: z.unknown() }).optional(),
  }),
);

/** Every Task state, also those inside of the Map states. */
export const taskStates: TaskState[] = tasksOf(file.States);

function tasksOf(value: unknown): TaskState[] {
  return Object.entries(states.parse(value)).flatMap(([state, { Parameters, ItemProcessor }]) => {
    if (ItemProcessor) return tasksOf(ItemProcessor.States);
    const functionName = /^\$\{(\w+)\}$/.exec(Parameters?.FunctionName ?? '')?.[1];
    return functionName ? [{ state, functionName }] : [];
  });
}
