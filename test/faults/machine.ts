import * as z from 'zod';
import file from '../../statemachine/backup.asl.json' with { type: 'json' };

/** The waits before retries and the time limits of the Tasks, from the ASL. */
const retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  BackoffRate: z.number().default(2),
  MaxAttempts: z.number().default(3),
  MaxDelaySeconds: z.number().default(Number.POSITIVE_INFINITY),
});
const task = z.object({
  TimeoutSeconds: z.number(),
  Retry: z.array(retrier).default([]),
});
type Task = z.infer<typeof task> & { inMap: boolean };

const anyState = z.looseObject({
  Type: z.string(),
  ItemProcessor: z.object({ States: z.record(z.string(), z.unknown()) }).optional(),
});

const tasks = new Map<string, Task>();
const waits: string[] = [];

function collect(states: Record<string, unknown>, inMap: boolean): void {
  for (const [name, raw] of Object.entries(states)) {
    const { Type, ItemProcessor } = anyState.parse(raw);
    if (Type === 'Task') tasks.set(name, { ...task.parse(raw), inMap });
    if (Type === 'Wait') waits.push(name);
    if (ItemProcessor) collect(ItemProcessor.States, true);
  }
}
collect(file.States, false);

const taskNames: readonly string[] = [...tasks.keys()];

export const secondsBeforeTheNextTry = z
  .object({ Seconds: z.number() })
  .parse(file.States.WaitBeforeTheNextTry).Seconds;

/** The engine does not wait. The calls wait instead, on the clock of the case. */
export const noRealWaiting = {
  waitTimeOverrides: Object.fromEntries(waits.map((name) => [name, 0])),
  retryIntervalOverrides: Object.fromEntries(taskNames.map((name) => [name, 0])),
};

export function taskNamed(name: string): Task {
  const found = tasks.get(name);
  if (!found) throw new Error(`The state machine has no Task ${name}`);
  return found;
}

/** Counts attempts as Step Functions does, for each retrier during one visit of a state. */
export class Attempts {
  readonly #made = new Map<string, number[]>();

  /** The seconds until the state is retried; undefined if it is not retried. */
  next(visit: string, state: string, error: string): number | undefined {
    const { Retry } = taskNamed(state);
    const made = this.#made.get(visit) ?? Retry.map(() => 0);
    this.#made.set(visit, made);
    const index = Retry.findIndex(
      ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
    );
    const found = Retry[index];
    const before = made[index] ?? 0;
    if (!found || before >= found.MaxAttempts) {
      this.#made.delete(visit);
      return undefined;
    }
    made[index] = before + 1;
    return Math.min(found.MaxDelaySeconds, found.IntervalSeconds * found.BackoffRate ** before);
  }

  forget(visit: string): void {
    this.#made.delete(visit);
  }
}
