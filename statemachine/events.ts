import { type Stage, stages } from '../core/components/stages.ts';
import { sparing } from '../core/pacing.ts';
import { backup } from './backup-states.ts';
import type { MapState, State } from './states.ts';

/**
 * The number of events for each kind of state, from recorded histories of AWS. A Lambda task has five events (entered,
 * scheduled, started, succeeded, exited), and a failed attempt has three of them. Choice, Wait and Succeed have two. A
 * Map has four, and two for each iteration. The run itself has two.
 */
export const eventsEntered: Record<string, number> = { Task: 1, Map: 2, Fail: 1 };
export const eventsExited: Record<string, number> = { Task: 4, Map: 2, Fail: 0 };
export const eventsOfFailedAttempt = 3;
export const eventsOfIteration = 2;
export const eventsOfRun = 2;

/** AWS ends an execution that has more events, past every Catch, so that exporting would stay paused. */
export const mostEvents = 25_000;

export interface Execution {
  /** The time limit of one component's backup. */
  timeoutSeconds: number;
  /** How often the run tries to back up. */
  attempts: number;
  /** How many components are backed up in each stage. */
  components: Record<Stage, number>;
}

/**
 * The most events in the history of an execution of the backup, which may have `mostEvents`. Every try counts with every
 * state of the machine and with every check that the pacing may make of a component. Retries of a call are not counted:
 * each has three events, so a deployment should stay at 24,000 or below.
 */
export function eventsOf({ timeoutSeconds, attempts, components }: Execution): number {
  const looks = sparing.mostLooks(timeoutSeconds);
  const eventsOfTry = Object.values(backup.States).map((state) =>
    state.Type === 'Map'
      ? eventsOfState(state) + components[stageOf(state)] * eventsOfComponent(state, looks)
      : eventsOfState(state),
  );
  return eventsOfRun + attempts * sum(eventsOfTry);
}

/** A component is started and completed once. Its other states are a loop, which is entered once for each check. */
function eventsOfComponent({ ItemProcessor: { StartAt, States } }: MapState<string>, looks: number): number {
  const events = Object.entries(States).map(([name, state]) => {
    const isOnce = name === StartAt || state.Type === 'Succeed';
    return eventsOfState(state) * (isOnce ? 1 : looks);
  });
  return eventsOfIteration + sum(events);
}

function eventsOfState({ Type }: Pick<State<string>, 'Type'>): number {
  return (eventsEntered[Type] ?? 1) + (eventsExited[Type] ?? 1);
}

function stageOf({ ItemsPath }: Pick<MapState<string>, 'ItemsPath'>): Stage {
  const stage = stages.find((one) => ItemsPath === `$.${one}`);
  if (!stage) throw new Error(`${ItemsPath} is no list of a plan`);
  return stage;
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
