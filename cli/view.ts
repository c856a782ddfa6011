import * as z from 'zod';
import { titles } from '../core/camunda/component.ts';
import { splitRemedy } from '../lambdas/handler.ts';
import type { Observation } from './engine.ts';

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
  /** It is being asked for again, after `error`. */
  repeated?: boolean;
  /** Why it did not work the last time. */
  error?: string;
}

/** A run as people see it, made of what was observed. */
export interface RunView {
  cluster: string;
  plan: ShownPlan | undefined;
  /** Earlier tries of this run, which failed; everything else is of the one that is under way. */
  earlier: { backupId: number; message: string; pausedSeconds: number | null }[];
  /** In the order of the procedure; the components only once there is a plan. */
  steps: Step[];
  /** When the pause was requested. */
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  /** What failed last, as the state machine gets it. */
  failure: { Error: string; Cause: string } | undefined;
  /** The failure is in the manifest, and the lock given back unless exporting may be paused. */
  failureRecorded: boolean;
  /** What the last state answered. */
  completed: unknown;
}

/**
 * What the view reads of the states' answers. They may come from a stack that is newer than this version: what is in
 * them besides does not matter, and stays in the plan.
 */
const shownTarget = z.looseObject({ component: z.string(), version: z.string().optional() });
const shownPlan = z.looseObject({
  run: z.looseObject({ cluster: z.string(), backupId: z.int() }),
  attempt: z.int(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  applications: z.array(shownTarget),
  records: z.array(shownTarget),
  zeebe: z.array(shownTarget),
});
type ShownPlan = z.infer<typeof shownPlan>;

const componentCall = z.object({ target: z.object({ component: z.string() }) });
const componentAnswer = z.object({
  progress: z.object({
    state: z.string(),
    partsDone: z.int(),
    partsExpected: z.int().optional(),
    remark: z.string().optional(),
  }),
});
const resumed = z.object({ resumed: z.enum(['proven', 'answered', 'not-paused']) });
const recorded = z.object({ outcome: z.enum(['TRY_AGAIN', 'FAILED']) });

export function newView(cluster: string): RunView {
  return {
    cluster,
    plan: undefined,
    earlier: [],
    steps: firstSteps(),
    pausedAt: undefined,
    resumedAt: undefined,
    failure: undefined,
    failureRecorded: false,
    completed: undefined,
  };
}

const newStep = (key: string, title: string): Step => ({
  key,
  title,
  status: 'waiting',
  failures: 0,
});

const firstSteps = () => [newStep('prepare', 'Look at the cluster')];

/** Brings the view up to date. */
export function apply(view: RunView, seen: Observation): void {
  if (seen.type === 'called' && failurePath.has(seen.state)) {
    for (const step of view.steps)
      if (step.key !== 'resume' || seen.function === 'RecordFailure') giveUp(step);
  }
  if (seen.function === 'RecordFailure' && seen.type === 'answered') {
    const outcome = recorded.safeParse(seen.output).data?.outcome;
    if (outcome === 'TRY_AGAIN') nextTry(view);
    if (outcome === 'FAILED') view.failureRecorded = true;
  }
  if (seen.type === 'threw' && !failurePath.has(seen.state)) {
    view.failure = { Error: seen.error.name, Cause: seen.error.message };
  }
  // Also where the plan could not be read, so that there is no step of it.
  if (seen.type === 'called' && seen.function === 'PauseExporting') view.pausedAt ??= seen.at;
  if (seen.type === 'answered' && seen.function === 'ResumeExporting')
    noteResumed(view, seen.output, seen.at);
  if (seen.type === 'answered' && seen.function === 'CompleteBackup') view.completed = seen.output;
  const step = stepOf(view, seen);
  if (!step) return;
  if (seen.type === 'called') {
    step.status = 'running';
    step.startedAt ??= seen.at;
    step.repeated = step.error !== undefined;
  } else if (seen.type === 'threw') {
    // Whether it is repeated shows at the next call; `end` turns it into a failure.
    step.failures += 1;
    step.repeated = false;
    step.error = splitRemedy(seen.error.message).message.split('\n')[0] ?? '';
    step.remarkSince ??= seen.at;
  } else {
    answered(view, step, seen.output, seen.at);
  }
}

/** A new backup begins, in the same run. */
function nextTry(view: RunView): void {
  const { plan, failure, pausedAt, resumedAt } = view;
  const earlier = {
    backupId: plan?.run.backupId ?? 0,
    message: splitRemedy(failure?.Cause ?? '').message,
    pausedSeconds: pauseOf({ pausedAt, resumedAt }),
  };
  Object.assign(view, { ...newView(view.cluster), earlier: [...view.earlier, earlier] });
}

/** For how long exporting was paused, in all tries; null where no end of a pause was seen. */
export function pausedSeconds(view: RunView): number | null {
  return [...view.earlier.map((one) => one.pausedSeconds), pauseOf(view)].reduce(
    (sum, seconds) => (sum === null || seconds === null ? null : sum + seconds),
    0,
  );
}

function pauseOf({ pausedAt, resumedAt }: Pick<RunView, 'pausedAt' | 'resumedAt'>): number | null {
  if (pausedAt === undefined) return 0;
  return resumedAt === undefined ? null : (resumedAt - pausedAt) / 1000;
}

function answered(view: RunView, step: Step, output: unknown, at: number): void {
  delete step.error;
  const component = componentAnswer.safeParse(output);
  const { state, partsDone, partsExpected, remark } = component.data?.progress ?? {};
  if (partsDone !== undefined) step.partsDone = partsDone;
  if (partsExpected !== undefined) step.partsExpected = partsExpected;
  if (remark === undefined) {
    delete step.remark;
    delete step.remarkSince;
  } else {
    step.remark = inWords(step.key, remark);
    step.remarkSince ??= at;
  }
  if (isComponent(step) && state !== 'COMPLETED') return;
  step.status = 'done';
  step.endedAt = at;
  if (step.key === 'prepare') withPlan(view, output);
}

/** An answer that says neither leaves it open. */
function noteResumed(view: RunView, output: unknown, at: number): void {
  const how = resumed.safeParse(output).data?.resumed;
  if (how === 'not-paused') view.pausedAt = undefined;
  else if (how !== undefined) view.resumedAt = at;
}

/** A component's state as people would say it; an error message is one already. */
function inWords(key: string, remark: string): string {
  if (remark === 'ABSENT') return 'not listed yet';
  if (remark !== 'INCOMPLETE') return splitRemedy(remark).message.split('\n')[0] ?? '';
  return key === 'zeebe' ? 'not every partition has begun' : 'between two parts';
}

/** The states that a failed run goes through. */
const failurePath = new Set(['ResumeExportingAfterFailure', 'RecordFailure']);

/** What has failed, what was still at work beside it, and what was to come. */
function giveUp(step: Step): void {
  if (step.status === 'running') step.status = step.error === undefined ? 'stopped' : 'failed';
  if (step.status === 'waiting') step.status = 'not-reached';
}

/** At the end nothing is at work any more. */
export function end(view: RunView): void {
  view.steps.forEach(giveUp);
}

/** True once the COMPLETED manifest is written. */
export function isComplete(view: RunView): boolean {
  return view.steps.some(({ key, status }) => key === 'complete' && status === 'done');
}

/** True once the pause was answered, and not only requested. */
export function isPauseAnswered(view: RunView): boolean {
  return view.steps.some(({ key, status }) => key === 'pause' && status === 'done');
}

function stepOf(view: RunView, seen: Observation): Step | undefined {
  const called = componentCall.safeParse(seen.input);
  const key = called.success ? called.data.target.component : keys[seen.function];
  return view.steps.find((step) => step.key === key);
}

const keys: Record<string, string> = {
  PrepareBackup: 'prepare',
  PauseExporting: 'pause',
  ResumeExporting: 'resume',
  CompleteBackup: 'complete',
};

function withPlan(view: RunView, output: unknown): void {
  const parsed = shownPlan.safeParse(output);
  // SKIPPED: there is nothing to come.
  if (!parsed.success) return;
  view.plan = parsed.data;
  const { order, applications, records, zeebe } = parsed.data;
  const componentStep = ({ component }: { component: string }) => newStep(component, titleOf(component));
  const pause = newStep('pause', 'Pause exporting');
  const apps = applications.map(componentStep);
  view.steps.push(
    ...(order === 'PAUSE_FIRST' ? [pause, ...apps] : [...apps, pause]),
    ...records.map(componentStep),
    ...zeebe.map(componentStep),
    newStep('resume', 'Resume exporting'),
    newStep('complete', 'Write the manifest'),
  );
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
