import type { Clock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import type { ComponentName } from '../../core/components/kinds.ts';
import type { Problem } from '../../core/repair/steps/answers.ts';
import type { RepairSteps } from '../../core/repair/steps/steps.ts';
import type { Host } from '../host.ts';
import type { Interruption } from '../local/interruption.ts';
import type { Ask } from '../screen/confirm.ts';

/** What a person has asked of a repair, wherever it is done. */
export interface RepairOptions {
  host: Host;
  /** The name of the cluster. */
  cluster: string;
  commands: Commands;
  force: boolean;
  dryRun: boolean;
  deleteLeftovers: boolean;
  /** The user has agreed by a flag to delete leftovers, and is not asked again. */
  yes: boolean;
  json: boolean;
  /**
   * Ends a pause that no run explains, after the user has typed the name of the cluster. `yes` does not replace that.
   */
  resumeUnexplained: boolean;
  /** True if the cluster must not be asked whether exporting is paused. */
  offline: boolean;
  /** Undefined if there is no terminal. */
  ask?: Ask;
}

/** The values that the steps of a repair share. */
export interface Session {
  options: RepairOptions;
  steps: RepairSteps;
  /** The configured components, as far as they are known here. */
  components: ComponentName[];
  clock: Clock;
  giveUp: AbortSignal;
  interruption: Interruption;
  say: (text: string) => void;
  /** Prints a problem at once, and keeps it for the object of `--json`. */
  problem: (problem: Problem) => void;
  problems: Problem[];
}

/** Prints what a step has said and met. */
export function tell(answer: { says: string[]; problems: Problem[] }, { say, problem }: Session): void {
  for (const text of answer.says) say(text);
  for (const one of answer.problems) problem(one);
}
