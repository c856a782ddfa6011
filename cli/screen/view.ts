import { titles } from '../../core/components/kinds.ts';
import type { Failure } from '../../core/ledger/manifest.ts';
import type { Seen, ShownPlan } from './observation.ts';
import type { Wait } from './retries.ts';

/** `stopped`: it was at work when something else failed, and is not followed to its end. */
export type StepStatus = 'waiting' | 'running' | 'done' | 'failed' | 'stopped' | 'not-reached';

/** One line of the display. Instants are milliseconds since 1970. */
export interface Step {
  key: string;
  title: string;
  status: StepStatus;
  startedAt?: number;
  endedAt?: number;
  /** Of a component. */
  partsDone?: number;
  partsExpected?: number;
  /** What is unusual about it, in words. */
  remark?: string;
  /** Since when there is something unusual. */
  remarkSince?: number;
  /** How often it did not work. */
  failures: number;
  /** Until it is asked for again, after `error`; undefined while it is, and where it is not. */
  again?: Wait | undefined;
  /** How often it was repeated in a row, by each rule of the state machine. */
  repeats?: Record<string, number>;
  /** Why it did not work the last time, and what to do about it. */
  error?: string;
  remedy?: string | undefined;
  /** It did work, and only the ledger did not take it. */
  unwritten?: boolean;
}

/** A run as people see it, made of what was observed. */
export interface RunView {
  cluster: string;
  plan: ShownPlan | undefined;
  /** Earlier tries of this run, which failed; everything else is of the one that is under way. */
  earlier: { backupId: number; message: string; pausedSeconds: number | null }[];
  /** In the order of the procedure; the components only once there is a plan. */
  steps: Step[];
  /** Until another try begins, after the last one of `earlier`. */
  nextTry: Wait | undefined;
  /** When the pause was requested. */
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  /** What failed last. */
  failure: Failure | undefined;
  /** The failure is in the manifest, and the lock given back unless exporting may be paused. */
  failureRecorded: boolean;
  /** What the last state answered. */
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

/** For how long exporting was paused, in all tries; null where no end of a pause was seen. */
export function pausedSeconds(view: RunView): number | null {
  return [...view.earlier.map((one) => one.pausedSeconds), pauseOf(view)].reduce(
    (sum, seconds) => (sum === null || seconds === null ? null : sum + seconds),
    0,
  );
}

/** Of the last try. */
export function pauseOf({ pausedAt, resumedAt }: Pick<RunView, 'pausedAt' | 'resumedAt'>): number | null {
  if (pausedAt === undefined) return 0;
  return resumedAt === undefined ? null : (resumedAt - pausedAt) / 1000;
}

/** True once the COMPLETED manifest is written. */
export function isComplete(view: RunView): boolean {
  return view.steps.some(({ key, status }) => key === 'complete' && status === 'done');
}

/** Which line of the display belongs to which function; a component's is that of the component. */
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

/** Also of a component that a newer stack has. */
export function titleOf(component: string): string {
  const known: Record<string, string> = titles;
  return known[component] ?? component;
}
