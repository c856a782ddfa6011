import { titles } from '../../core/components/kinds.ts';
import type { Failure } from '../../core/ledger/manifest.ts';
import type { Seen, ShownPlan } from './observation.ts';
import type { Wait } from './retries.ts';

/** `stopped` means that the step was at work when another step failed, and that its end was not watched. */
export type StepStatus = 'waiting' | 'running' | 'done' | 'failed' | 'stopped' | 'not-reached';

/** One line of the display. Instants are milliseconds since 1970. */
export interface Step {
  key: string;
  title: string;
  status: StepStatus;
  startedAt?: number;
  endedAt?: number;
  /** Only for a component. */
  partsDone?: number;
  partsExpected?: number;
  /** A remark about an unusual state, in words. */
  remark?: string;
  /** The time since when the step has had a remark or an error. */
  remarkSince?: number;
  /** The number of failed calls. */
  failures: number;
  /** The wait before the next call after `error`; undefined during a call, and if it is not retried. */
  again?: Wait | undefined;
  /** The number of retries in a row, for each retrier of the state machine. */
  repeats?: Record<string, number>;
  /** The message of the last failed call, and its remedy. */
  error?: string;
  remedy?: string | undefined;
  /** True if the call worked, and only the ledger could not record it. */
  unwritten?: boolean;
}

/** The state of a run for the display, made from the observations. */
export interface RunView {
  cluster: string;
  plan: ShownPlan | undefined;
  /** Earlier tries of this run, which failed. All other fields are about the current try. */
  earlier: { backupId: number; message: string; pausedSeconds: number | null }[];
  /** The steps in the order of the procedure. The components appear only when there is a plan. */
  steps: Step[];
  /** The wait before another try begins, after the last of `earlier`. */
  nextTry: Wait | undefined;
  /** The time at which the pause was requested. */
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  /** The last failure. */
  failure: Failure | undefined;
  /** True if the manifest has the failure, and the lock is released unless exporting may be paused. */
  failureRecorded: boolean;
  /** The answer of the last state. */
  completed: unknown;
}

export function newView(cluster: string): RunView {
  return {
    cluster,
    plan: undefined,
    earlier: [],
    steps: firstSteps(),
    nextTry: undefined,
    pausedAt: undefined,
    resumedAt: undefined,
    failure: undefined,
    failureRecorded: false,
    completed: undefined,
  };
}

export const newStep = (key: string, title: string): Step => ({
  key,
  title,
  status: 'waiting',
  failures: 0,
});

const firstSteps = () => [newStep('prepare', 'Look at the cluster')];

/** The time for which exporting was paused in all tries; null if the end of a pause was not seen. */
export function pausedSeconds(view: RunView): number | null {
  return [...view.earlier.map((one) => one.pausedSeconds), pauseOf(view)].reduce(
    (sum, seconds) => (sum === null || seconds === null ? null : sum + seconds),
    0,
  );
}

/** The same for the last try. */
export function pauseOf({ pausedAt, resumedAt }: Pick<RunView, 'pausedAt' | 'resumedAt'>): number | null {
  if (pausedAt === undefined) return 0;
  return resumedAt === undefined ? null : (resumedAt - pausedAt) / 1000;
}

/** True once the COMPLETED manifest is written. */
export function isComplete(view: RunView): boolean {
  return view.steps.some(({ key, status }) => key === 'complete' && status === 'done');
}

/** The step that belongs to each function. The functions of a component belong to the step of that component. */
const keys: Record<string, string> = {
  PrepareBackup: 'prepare',
  PauseExporting: 'pause',
  ResumeExporting: 'resume',
  CompleteBackup: 'complete',
};

/** The step that a call of a function is about. */
export function keyOf({
  function: name,
  component,
}: Pick<Seen, 'function' | 'component'>): string | undefined {
  return component ?? keys[name];
}

/** True for a step that is a component's backup. */
export function isComponent({ key }: Step): boolean {
  return !ownSteps.has(key);
}
const ownSteps = new Set(Object.values(keys));

/** The title of a component. A component that only a newer stack knows has its name as its title. */
export function titleOf(component: string): string {
  const known: Record<string, string> = titles;
  return known[component] ?? component;
}
