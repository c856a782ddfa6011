import type { StateMachine } from 'aws-local-stepfunctions';

type EventLog = ReturnType<StateMachine['run']>['eventLogs'];

export interface Counts {
  /** The number of entered states and retries, which AWS bills. */
  transitions: number;
  /** The number of events in the history. AWS allows 25,000 in an execution. */
  events: number;
}

/**
 * The number of events for each kind of state, from recorded histories of AWS. A Lambda task has five events (entered,
 * scheduled, started, succeeded, exited), and a failed attempt has three of them. Choice, Wait and Succeed have two. A
 * Map has four, and two for each iteration. The run itself has two.
 */
const eventsEntered: Record<string, number> = { Task: 1, Map: 2, Fail: 1 };
const eventsExited: Record<string, number> = { Task: 4, Map: 2 };
const eventsOfFailedAttempt = 3;

/** Counts the events of the local engine while it runs, in the way in which AWS counts them. */
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
