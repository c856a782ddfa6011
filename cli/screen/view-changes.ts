import * as z from 'zod';
import { resumedUnwritten } from '../../core/errors.ts';
import { splitRemedy } from '../../lambdas/failure.ts';
import { carriedFailure } from '../failure.ts';
import type { Observation } from '../local/engine.ts';
import { secondsBeforeNextTry, secondsBeforeRetry, type Wait } from './retries.ts';
import { oneLine } from './sentences.ts';
import {
  isComponent,
  keys,
  newStep,
  newView,
  pauseOf,
  type RunView,
  type Step,
  shownPlan,
  titleOf,
} from './view.ts';

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
const recorded = z.object({
  outcome: z.enum(['TRY_AGAIN', 'FAILED', 'COMPLETED']),
  completed: z.unknown().optional(),
  notWritten: z.boolean().default(false),
});

/** Brings the view up to date. */
export function apply(view: RunView, seen: Observation): void {
  if (seen.type === 'called' && failurePath.has(seen.state)) {
    for (const step of view.steps)
      if (step.key !== 'resume' || seen.function === 'RecordFailure') giveUp(step);
  }
  if (seen.function === 'RecordFailure' && seen.type === 'answered') {
    const { outcome, completed, notWritten } = recorded.safeParse(seen.output).data ?? {};
    if (outcome === 'TRY_AGAIN') nextTry(view);
    if (outcome === 'FAILED' && !notWritten) view.failureRecorded = true;
    if (outcome === 'COMPLETED') completeAfterAll(view, completed, seen.at);
  }
  if (seen.type === 'threw' && !failurePath.has(seen.state)) {
    view.failure = carriedFailure(seen.error);
  }
  // Also where the plan could not be read, so that there is no step of it.
  if (seen.type === 'called' && seen.function === 'PauseExporting') view.pausedAt ??= seen.at;
  if (seen.type === 'answered' && seen.function === 'ResumeExporting')
    noteResumed(view, seen.output, seen.at);
  if (isResumed(seen)) view.resumedAt ??= seen.at;
  if (seen.type === 'answered' && seen.function === 'CompleteBackup') view.completed = seen.output;
  if (seen.function === 'DeleteFailedBackup') view.nextTry = afterTheDeletion(seen);
  if (seen.function === 'PrepareBackup') view.nextTry = undefined;
  const step = stepOf(view, seen);
  if (!step) return;
  if (seen.type === 'called') {
    // Called before its time: the run was interrupted, and its way back counts anew.
    if (step.again && seen.at < step.again.until - 1000) step.repeats = {};
    step.again = undefined;
    step.status = 'running';
    step.startedAt ??= seen.at;
  } else if (seen.type === 'threw') {
    // What is not repeated is turned into a failure by `end`.
    step.failures += 1;
    const { message, remedy } = splitRemedy(seen.error.message);
    step.error = oneLine(message);
    step.remedy = remedy;
    step.unwritten = isResumed(seen);
    step.repeats ??= {};
    const seconds = secondsBeforeRetry(seen.state, seen.error.name, step.repeats);
    step.again = seconds === undefined ? undefined : { until: seen.at + seconds * 1000, seconds };
    step.remarkSince ??= seen.at;
  } else {
    answered(view, step, seen.output, seen.at);
  }
}

/** Whether something could be deleted or not, the next try begins after a wait. */
function afterTheDeletion({ type, at }: Observation): Wait | undefined {
  if (type === 'called') return undefined;
  return { until: at + secondsBeforeNextTry * 1000, seconds: secondsBeforeNextTry };
}

/** A new backup begins, in the same run. */
function nextTry(view: RunView): void {
  const { plan, failure, pausedAt, resumedAt } = view;
  const earlier = {
    backupId: plan?.run.backupId ?? 0,
    message: failure?.message ?? '',
    pausedSeconds: pauseOf({ pausedAt, resumedAt }),
  };
  Object.assign(view, { ...newView(view.cluster), earlier: [...view.earlier, earlier] });
}

/** What failed came after COMPLETED was written. */
function completeAfterAll(view: RunView, output: unknown, at: number): void {
  view.failure = undefined;
  view.completed = output;
  const step = view.steps.find(({ key }) => key === 'complete');
  if (!step) return;
  delete step.error;
  step.again = undefined;
  step.status = 'done';
  step.endedAt = at;
}

function answered(view: RunView, step: Step, output: unknown, at: number): void {
  delete step.error;
  delete step.repeats;
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

/** Exporting is resumed, and only the ledger does not know it yet. */
function isResumed(seen: Observation): boolean {
  return (
    seen.type === 'threw' && seen.function === 'ResumeExporting' && resumedUnwritten.includes(seen.error.name)
  );
}

/** An answer that says neither leaves it open. */
function noteResumed(view: RunView, output: unknown, at: number): void {
  const how = resumed.safeParse(output).data?.resumed;
  if (how === 'not-paused') view.pausedAt = undefined;
  else if (how !== undefined) view.resumedAt ??= at;
}

/** A component's state as people would say it; an error message is one already. */
function inWords(key: string, remark: string): string {
  if (remark === 'ABSENT') return 'not listed yet';
  if (remark !== 'INCOMPLETE') return oneLine(splitRemedy(remark).message);
  return key === 'zeebe' ? 'not every partition has begun' : 'between two parts';
}

/** The states that a failed run goes through. */
const failurePath = new Set(['ResumeExportingAfterFailure', 'RecordFailure', 'TellFailure']);

/** What has failed, what was still at work beside it, and what was to come. */
function giveUp(step: Step): void {
  if (step.status === 'running') step.status = step.error === undefined ? 'stopped' : 'failed';
  if (step.status === 'waiting') step.status = 'not-reached';
}

/** At the end nothing is at work any more. */
export function end(view: RunView): void {
  view.nextTry = undefined;
  view.steps.forEach(giveUp);
}

function stepOf(view: RunView, seen: Observation): Step | undefined {
  const called = componentCall.safeParse(seen.input);
  const key = called.success ? called.data.target.component : keys[seen.function];
  return view.steps.find((step) => step.key === key);
}

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
    newStep('complete', 'Mark it complete'),
  );
}
