import type { StateMachine } from 'aws-local-stepfunctions';
import {
  eventsEntered,
  eventsExited,
  eventsOfFailedAttempt,
  eventsOfIteration,
  eventsOfRun,
} from '../../statemachine/events.ts';

type EventLog = ReturnType<StateMachine['run']>['eventLogs'];

export interface Counts {
  /** The number of entered states and retries, which AWS bills. */
  transitions: number;
  /** The number of events in the history. AWS allows 25,000 in an execution. */
  events: number;
}

/** Counts the events of the local engine while it runs, in the way in which AWS counts them. */
export async function countInto(counts: Counts, log: EventLog): Promise<void> {
  counts.events += eventsOfRun;
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
      counts.events += eventsOfIteration;
    }
  }
}
