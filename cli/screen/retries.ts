import type { Procedure } from '../../statemachine/procedure.ts';

/** A wait that the state machine makes, as it is known when it begins. */
export interface Wait {
  /** In milliseconds since 1970. */
  until: number;
  seconds: number;
}

/**
 * After how many seconds a state is repeated that has thrown `error`; undefined where it is not. `used` counts how
 * often each of the state's retriers was used already, and is brought up to date.
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
