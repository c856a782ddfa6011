import type { Procedure } from '../../statemachine/procedure.ts';

/** A wait of the state machine, as it is known when the wait begins. */
export interface Wait {
  /** In milliseconds since 1970. */
  until: number;
  seconds: number;
}

/**
 * The seconds after which the state machine retries a state that has thrown `error`; undefined if it does not retry it.
 * `used` counts the uses of each of the state's retriers, and this function updates it.
 */
export function secondsBeforeRetry(
  { tasks }: Pick<Procedure, 'tasks'>,
  state: string,
  error: string,
  used: Record<string, number>,
): number | undefined {
  const all = tasks.find((task) => task.state === state)?.retry ?? [];
  const index = all.findIndex(({ ErrorEquals }) =>
    ErrorEquals.some((name) => name === error || name === 'States.ALL'),
  );
  const found = all[index];
  const key = `${state} ${index}`;
  const times = used[key] ?? 0;
  if (!found || times >= found.MaxAttempts) return undefined;
  used[key] = times + 1;
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds = Number.POSITIVE_INFINITY } = found;
  return Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** times);
}
