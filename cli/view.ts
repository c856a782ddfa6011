import { z } from 'zod';
import { type ComponentName, titles } from '../core/camunda/component.ts';
import { camundaTarget, type Plan, plan, recordsTarget } from '../core/plan.ts';
import { progress } from '../core/progress.ts';
import type { Observation } from './engine.ts';

export type StepStatus = 'waiting' | 'running' | 'done' | 'failed' | 'not-reached';

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
  /** What is unusual about it, such as an error that is being repeated. */
  remark?: string;
}

/** A run as people see it, made of what was observed. */
export interface RunView {
  cluster: string;
  plan: Plan | undefined;
  /** In the order of the procedure; the components only once there is a plan. */
  steps: Step[];
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  resumeProof: string | undefined;
}

export function newView(cluster: string): RunView {
  return {
    cluster,
    plan: undefined,
    steps: [{ key: 'prepare', title: 'Look whether the cluster can be backed up', status: 'waiting' }],
    pausedAt: undefined,
    resumedAt: undefined,
    resumeProof: undefined,
  };
}

const componentCall = z.object({
  target: z.object({ component: z.union([camundaTarget.shape.component, recordsTarget.shape.component]) }),
});
const componentAnswer = z.object({ progress });
const resumed = z.object({ resumed: z.string() });

/** Brings the view up to date. */
export function apply(view: RunView, seen: Observation): void {
  if (seen.type === 'called' && failurePath.has(seen.state)) {
    for (const step of view.steps)
      if (step.key !== 'resume' || seen.function === 'RecordFailure') giveUp(step);
  }
  const step = stepOf(view, seen);
  if (!step) return;
  if (seen.type === 'called') {
    step.status = 'running';
    step.startedAt ??= seen.at;
    if (seen.function === 'PauseExporting') view.pausedAt ??= seen.at;
  } else if (seen.type === 'threw') {
    // Whether it is repeated shows at the next call; `end` turns it into a failure.
    step.remark = seen.error.message.split('\n')[0] ?? '';
  } else {
    answered(view, step, seen.output, seen.at);
  }
}

function answered(view: RunView, step: Step, output: unknown, at: number): void {
  delete step.remark;
  const component = componentAnswer.safeParse(output);
  if (component.success) {
    const { state, partsDone, partsExpected, remark } = component.data.progress;
    step.partsDone = partsDone;
    if (partsExpected !== undefined) step.partsExpected = partsExpected;
    if (remark !== undefined) step.remark = remark;
    if (state === 'IN_PROGRESS') return;
  }
  step.status = 'done';
  step.endedAt = at;
  if (step.key === 'prepare') withPlan(view, output);
  if (step.key === 'resume') {
    view.resumedAt = at;
    view.resumeProof = resumed.safeParse(output).data?.resumed;
  }
}

/** The states that a failed run goes through. */
const failurePath = new Set(['ResumeExportingAfterFailure', 'RecordFailure', 'RecordFailureToPrepare']);

/** What was at work has failed, what was to come is not reached. */
function giveUp(step: Step): void {
  if (step.status === 'running') step.status = 'failed';
  if (step.status === 'waiting') step.status = 'not-reached';
}

/** At the end nothing is at work any more. */
export function end(view: RunView): void {
  view.steps.forEach(giveUp);
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
  const parsed = plan.safeParse(output);
  // SKIPPED: there is nothing to come.
  if (!parsed.success) return;
  view.plan = parsed.data;
  const { order, applications, records, zeebe } = parsed.data;
  const componentStep = ({ component }: { component: ComponentName }): Step => ({
    key: component,
    title: titles[component],
    status: 'waiting',
  });
  const pause: Step = { key: 'pause', title: 'Pause exporting (soft)', status: 'waiting' };
  const apps = applications.map(componentStep);
  view.steps.push(
    ...(order === 'PAUSE_FIRST' ? [pause, ...apps] : [...apps, pause]),
    ...records.map(componentStep),
    ...zeebe.map(componentStep),
    { key: 'resume', title: 'Resume exporting', status: 'waiting' },
    { key: 'complete', title: 'Write the manifest', status: 'waiting' },
  );
}

/** True for a step that is a component's backup. */
export function isComponent({ key }: Step): boolean {
  return key in titles;
}
