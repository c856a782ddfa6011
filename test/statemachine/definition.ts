import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** statemachine/backup.asl.json, as its tests read it. */
const retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().optional(),
  MaxAttempts: z.number().default(3),
});
export type Retrier = z.infer<typeof retrier>;

const catcher = z.object({ ErrorEquals: z.array(z.string()), Next: z.string(), ResultPath: z.string() });

const plainState = z.object({
  Type: z.string(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  End: z.boolean().optional(),
  Choices: z
    .array(z.object({ Variable: z.string(), StringEquals: z.string(), Next: z.string() }))
    .default([]),
  Seconds: z.number().optional(),
  OutputPath: z.string().optional(),
  Parameters: z
    .object({
      FunctionName: z.string(),
      Payload: z.record(z.string(), z.unknown()).optional(),
      'Payload.$': z.string().optional(),
    })
    .optional(),
  TimeoutSeconds: z.number().optional(),
  Retry: z.array(retrier).default([]),
  Catch: z.array(catcher).default([]),
});

const state = plainState.extend({
  ItemProcessor: z.object({ StartAt: z.string(), States: z.record(z.string(), plainState) }).optional(),
});
export type State = z.infer<typeof state>;

export const text = readFileSync(new URL('../../statemachine/backup.asl.json', import.meta.url), 'utf8');
export const json: unknown = JSON.parse(text);
export const machine = z
  .object({ StartAt: z.string(), TimeoutSeconds: z.number(), States: z.record(z.string(), state) })
  .parse(json);

/** For the embedded engine: what it repeats, and the next try, it begins at once. */
export const withoutWaits = {
  waitTimeOverrides: { WaitBeforeTheNextTry: 0 },
  retryIntervalOverrides: Object.fromEntries(Object.keys(machine.States).map((name) => [name, 0])),
};

/** Every state by name, also those inside of the Map states. */
export const allStates: [string, State][] = Object.entries(machine.States).flatMap(([name, state]) => [
  [name, state],
  ...Object.entries(state.ItemProcessor?.States ?? {}),
]);

export function stateNamed(name: string): State {
  const found = machine.States[name];
  if (!found) throw new Error(`there is no state ${name}`);
  return found;
}

/** Where a state can lead without an error. */
export function nextOf(state: State): string[] {
  const next = [state.Next, state.Default, ...state.Choices.map((choice) => choice.Next)];
  return next.filter((name) => name !== undefined);
}

/** The same, in a run that makes no other try. */
export function nextInThisTry(state: State): string[] {
  const again = state.Choices.filter(({ StringEquals }) => StringEquals === 'TRY_AGAIN').map(
    ({ Next }) => Next,
  );
  return nextOf(state).filter((name) => !again.includes(name));
}

/** Every state that can be reached from one, without it. */
export function reachableFrom(start: string, steps: (state: State) => string[]): Set<string> {
  const seen = new Set<string>();
  const open = steps(stateNamed(start));
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...steps(stateNamed(name)));
  }
  return seen;
}

/** Seconds that a retrier waits in all. */
export function retriedForSeconds({ IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }: Retrier) {
  return Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds ?? Number.POSITIVE_INFINITY),
  ).reduce((sum, wait) => sum + wait, 0);
}
