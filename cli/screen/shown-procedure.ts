import { backup } from '../../statemachine/backup-procedure.ts';
import type { Procedure } from '../../statemachine/procedure.ts';
import { type Observation, seenIn } from './observation.ts';
import type { RunView } from './view.ts';
import { apply } from './view-changes.ts';

/** A procedure and its view, which the commands run or follow and the displays show. */
export interface ShownProcedure {
  procedure: Procedure;
  /** Returns the view after an observation of an execution, and leaves the given view unchanged. */
  after: (view: RunView, observation: Observation) => RunView;
}

export const shownBackup: ShownProcedure = {
  procedure: backup,
  after: (view, observation) => apply(view, seenIn(observation)),
};
