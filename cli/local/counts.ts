import type { StateMachine } from 'aws-local-stepfunctions';

type EventLog = ReturnType<StateMachine['run']>['eventLogs'];

export interface Counts {
  /** What AWS bills: every state entered, and every retry. */
  transitions: number;
  /** What an execution may have 25,000 of. */
  events: number;
}

/**
 * Events of a run by the kind of state, from recorded histories of AWS: a Lambda task has five (entered,
 * scheduled, started, succeeded, exited), of which a failed attempt has three; Choice, Wait and Succeed have
 * two; a Map has four and two for each iteration; the run itself has two.
 */
const eventsEntered: Record<string, number> = { Task: 1, Map: 2, Fail: 1 };
const eventsExited: Record<string, number> = { Task: 4, Map: 2 };
const eventsOfFailedAttempt = 3;

/** Counts what the local engine does as AWS would count it, while it runs. */
export async function countInto(counts: Counts, log: EventLog): Promise<void> {
  counts.events += 2;
  for await (const event of log) {
    if (event.type === 'StateEntered') {
      counts.transitions += 1;
      counts.events += eventsEntered[event.state.type] ?? 1;
    } else if (event.type === 'StateExited') {
      counts.events += eventsExited[event.state.type] ?? 1;
    } else if (event.type === 'StateRetried') {
      counts.transitions += 1;
      counts.events += eventsOfFailedAttempt;
    } else if (event.type === 'StateCaught') {
      counts.events += event.state.type === 'Task' ? eventsOfFailedAttempt : 1;
    } else if (event.type === 'MapIterationStarted') {
      counts.events += 2;
    }
  }
}
