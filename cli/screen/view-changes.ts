import { firstPausedStage, stages } from '../../core/components/stages.ts';
import { errorNames, resumedUnwritten } from '../../core/error-names.ts';
import { splitRemedy } from '../../lambdas/carried-error.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { carriedFailure } from '../failure.ts';
import type { Seen, ShownPlan } from './observation.ts';
import { secondsBeforeRetry, type Wait } from './retries.ts';
import { oneLine } from './sentences.ts';
import { isComponent, keyOf, newStep, newView, pauseOf, type RunView, type Step, titleOf } from './view.ts';

type Called = Extract<Seen, { type: 'called' }>;
type Threw = Extract<Seen, { type: 'threw' }>;
type Answered = Extract<Seen, { type: 'answered' }>;

/** Returns the view after an observation, and leaves the given view unchanged. */
export function apply(view: RunView, seen: Seen): RunView {
  switch (seen.type) {
    case 'called':
      return withStep(afterCall(view, seen), keyOf(seen), (step) => stepAfterCall(step, seen));
    case 'threw':
      return withStep(afterError(view, seen), keyOf(seen), (step) => stepAfterError(step, seen));
    case 'answered':
      return withStep(afterAnswer(view, seen), keyOf(seen), (step) => stepAfterAnswer(step, seen));
  }
}

/** Records that exporting was resumed at this instant, if no state has shown it. */
export function exportingResumed(view: RunView, at: number): RunView {
  return { ...view, resumedAt: view.resumedAt ?? at };
}

/** Returns the view after the end of the run, when no step is at work any more. */
export function end(view: RunView): RunView {
  return { ...view, nextTry: undefined, steps: view.steps.map(givenUp) };
}

function withStep(view: RunView, key: string | undefined, change: (step: Step) => Step): RunView {
  return { ...view, steps: view.steps.map((step) => (step.key === key ? change(step) : step)) };
}

/** The states that a failed run goes through. */
const failurePath = new Set(['ResumeExportingAfterFailure', 'RecordFailure', 'TellFailure']);

function afterCall(view: RunView, { state, function: name, at }: Called): RunView {
  const isGivenUp = ({ key }: Step) =>
    failurePath.has(state) && (key !== 'resume' || name === 'RecordFailure');
  return {
    ...view,
    steps: view.steps.map((step) => (isGivenUp(step) ? givenUp(step) : step)),
    // The pause is recorded here, because there is no step for it if the plan could not be read.
    pausedAt: view.pausedAt ?? (name === 'PauseExporting' ? at : undefined),
    nextTry: name === 'PrepareBackup' || name === 'DeleteFailedBackup' ? undefined : view.nextTry,
  };
}

function afterError(view: RunView, seen: Threw): RunView {
  const { state, function: name, at, error } = seen;
  return {
    ...view,
    failure: failurePath.has(state) ? view.failure : carriedFailure(error),
    // RecordFailure tells people when it has recorded the failure.
    failureRecorded:
      view.failureRecorded || (state === 'RecordFailure' && error.name === errorNames.AlertFailed),
    resumedAt: view.resumedAt ?? (isResumed(seen) ? at : undefined),
    nextTry: name === 'DeleteFailedBackup' ? waitBeforeNextTry(at) : view.nextTry,
  };
}

function afterAnswer(view: RunView, seen: Answered): RunView {
  switch (seen.function) {
    case 'PrepareBackup':
      return seen.plan ? withPlan(view, seen.plan) : view;
    case 'ResumeExporting':
      // An answer of an unknown form does not show whether exporting is resumed.
      if (seen.resumed === undefined) return view;
      return seen.resumed === 'not-paused'
        ? { ...view, pausedAt: undefined }
        : exportingResumed(view, seen.at);
    case 'CompleteBackup':
      return { ...view, completed: seen.completed };
    case 'DeleteFailedBackup':
      return { ...view, nextTry: waitBeforeNextTry(seen.at) };
    case 'RecordFailure':
      return seen.recorded ? afterRecord(view, seen.recorded, seen.at) : view;
    case 'PauseExporting':
    case 'other':
      return view;
  }
}

type Recorded = NonNullable<Extract<Answered, { function: 'RecordFailure' }>['recorded']>;

function afterRecord(view: RunView, { outcome, completed, notWritten }: Recorded, at: number): RunView {
  switch (outcome) {
    case 'TRY_AGAIN':
      return nextTry(view);
    case 'FAILED':
      return { ...view, failureRecorded: view.failureRecorded || !notWritten };
    case 'COMPLETED':
      // The failure came after COMPLETED was written, so the backup is complete.
      return withStep({ ...view, failure: undefined, completed }, 'complete', ({ error: _, ...step }) => ({
        ...step,
        again: undefined,
        status: 'done',
        endedAt: at,
      }));
  }
}

/** A new backup begins in the same run. */
function nextTry(view: RunView): RunView {
  const { plan, failure } = view;
  const earlier = {
    backupId: plan?.run.backupId ?? 0,
    message: failure?.message ?? '',
    pausedSeconds: pauseOf(view),
  };
  return { ...newView(view.cluster), earlier: [...view.earlier, earlier] };
}

/** The wait before the next try, which follows whether or not the failed backup could be deleted. */
function waitBeforeNextTry(at: number): Wait {
  const { WaitBeforeTheNextTry: seconds = 0 } = backup.waits;
  return { until: at + seconds * 1000, seconds };
}

/** True if exporting is resumed, and only the ledger does not record it yet. */
function isResumed({ function: name, error }: Threw): boolean {
  return name === 'ResumeExporting' && resumedUnwritten.includes(error.name);
}

function withPlan(view: RunView, plan: ShownPlan): RunView {
  const componentStep = ({ component }: { component: string }) => newStep(component, titleOf(component));
  const pause = newStep('pause', 'Pause exporting');
  const steps = [
    ...view.steps,
    ...stages.flatMap((stage) => [
      ...(stage === firstPausedStage[plan.order] ? [pause] : []),
      ...plan[stage].map(componentStep),
    ]),
    newStep('resume', 'Resume exporting'),
    newStep('complete', 'Mark it complete'),
  ];
  return { ...view, plan, steps };
}

function stepAfterCall(step: Step, { at }: Called): Step {
  // A call before the end of the wait belongs to the way back of an interrupted run, which starts its own count.
  const isEarly = step.again !== undefined && at < step.again.until - 1000;
  return {
    ...step,
    ...(isEarly ? { repeats: {} } : {}),
    again: undefined,
    status: 'running',
    startedAt: step.startedAt ?? at,
  };
}

/** A step that is not retried stays `running` here, and `end` makes it `failed`. */
function stepAfterError(step: Step, seen: Threw): Step {
  const { state, at, error } = seen;
  const { message, remedy } = splitRemedy(error.message);
  const repeats = { ...step.repeats };
  const seconds = secondsBeforeRetry(backup, state, error.name, repeats);
  return {
    ...step,
    failures: step.failures + 1,
    error: oneLine(message),
    remedy,
    unwritten: isResumed(seen),
    repeats,
    again: seconds === undefined ? undefined : { until: at + seconds * 1000, seconds },
    remarkSince: step.remarkSince ?? at,
  };
}

function stepAfterAnswer(
  { error: _, repeats: __, remark: ___, remarkSince, ...step }: Step,
  seen: Answered,
): Step {
  const { at } = seen;
  const { state, partsDone, partsExpected, remark } = (seen.function === 'other' && seen.progress) || {};
  const next: Step = {
    ...step,
    ...(partsDone === undefined ? {} : { partsDone }),
    ...(partsExpected === undefined ? {} : { partsExpected }),
    ...(remark === undefined ? {} : { remark: inWords(step.key, remark), remarkSince: remarkSince ?? at }),
  };
  if (isComponent(step) && state !== 'COMPLETED') return next;
  return { ...next, status: 'done', endedAt: at };
}

/** A component's state in words. An error message needs no translation. */
function inWords(key: string, remark: string): string {
  if (remark === 'ABSENT') return 'not listed yet';
  if (remark !== 'INCOMPLETE') return oneLine(splitRemedy(remark).message);
  return key === 'zeebe' ? 'not every partition has begun' : 'between two parts';
}

/** The final status of a step that did not end: it has failed, was stopped, or was not reached. */
function givenUp(step: Step): Step {
  if (step.status === 'running') return { ...step, status: step.error === undefined ? 'stopped' : 'failed' };
  return step.status === 'waiting' ? { ...step, status: 'not-reached' } : step;
}
