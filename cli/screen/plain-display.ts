import type { Call } from '../../core/calls.ts';
import { targetsOf } from '../../core/components/stages.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import { type Output, printLine } from './output.ts';
import type { Wait } from './retries.ts';
import { oneLine } from './sentences.ts';
import { isComponent, type RunView, type Step, titleOf } from './view.ts';
import { sayWhomWeWaitFor } from './waiting.ts';

/** The picture of a run. Callers call `update` whenever the view has changed. */
export interface Display {
  update(view: RunView): void;
  /** Prints a sentence beside the picture. */
  say(text: string): void;
  /** Shows the last picture. After that, other code may write to the stream. */
  end(view?: RunView): void;
  /** True if the picture remains on the screen, so that a summary need not repeat it. */
  stays: boolean;
}

/** A log omits remarks that pass sooner than this, such as the moment between two parts. */
const newsAfterSeconds = 10;

/** Prints one line for each event, for pipes, logs and cron. */
export function plainDisplay(
  { stderr }: Output,
  now: () => number,
  waiting: () => Call[] = () => [],
): Display {
  const said = new Map<string, string>();
  let told = 0;
  const print = (text: string) =>
    printLine(stderr, `${new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z')} ${text}`);
  const printOnce = (key: string, line: string) => {
    if (said.get(key) === line) return;
    said.set(key, line);
    for (const one of line.split('\n')) print(one);
  };
  const update = (view: RunView) => {
    const tries = view.earlier.length;
    for (const { backupId, message } of view.earlier.slice(told)) {
      print(`Backup ${backupId} FAILED and is tried again with a new id: ${oneLine(message)}`);
    }
    told = tries;
    if (view.nextTry) printOnce(`${tries} next`, nextTryLine(view.nextTry));
    for (const step of view.steps) {
      for (const [kind, line] of Object.entries(linesOf(step, view, now()))) {
        if (line) printOnce(`${tries} ${step.key} ${kind}`, line);
      }
    }
  };
  const stop = sayWhomWeWaitFor(waiting, now, print);
  return {
    update,
    say: print,
    end(view) {
      stop();
      if (view) update(view);
    },
    stays: false,
  };
}

/** The lines about a step, by their kind. Each kind is printed again only if its line changes. */
function linesOf(step: Step, view: RunView, now: number): Record<string, string | undefined> {
  const { title, status } = step;
  return {
    trouble: shownTrouble(step),
    remedy: shownTrouble(step) && shownRemedy(step),
    progress: isComponent(step) ? progressOf(step) : undefined,
    remark: remarkOf(step, now),
    end: status === 'done' ? doneLine(step, view) : status === 'failed' ? `${title}: FAILED` : undefined,
  };
}

const nextTryLine = ({ seconds }: Wait) => `The next try begins in ${formatSeconds(seconds)}.`;

/** The line about a failed call that will be retried. The summary shows a failure that is not retried. */
function shownTrouble({ title, status, again, failures, error, unwritten }: Step): string | undefined {
  if (status !== 'running' || error === undefined || !again) return undefined;
  const often = failures > 1 ? ` (${failures} times)` : '';
  const what = unwritten ? 'could not be recorded' : 'did not work';
  return `${title}: ${what}${often}, trying again in ${formatSeconds(again.seconds)}: ${error}`;
}

/** The lines of a remedy stay separate, so that a command at the end of a line can be pasted. */
function shownRemedy({ title, remedy }: Step): string | undefined {
  const [first, ...rest] = (remedy ?? '')
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '');
  if (!first) return undefined;
  return [`${title}: what to do: ${first}`, ...rest.map((line) => `${title}: ${line}`)].join('\n');
}

function progressOf({ title, status, partsDone, partsExpected }: Step): string | undefined {
  if (status !== 'running') return undefined;
  return partsDone ? `${title}: ${partsOf(partsDone, partsExpected)}` : `${title}: started`;
}

function remarkOf({ title, status, remark, remarkSince }: Step, now: number): string | undefined {
  if (status !== 'running' || remark === undefined || remarkSince === undefined) return undefined;
  return now - remarkSince < newsAfterSeconds * 1000 ? undefined : `${title}: ${remark}`;
}

function doneLine(step: Step, { plan, pausedAt, resumedAt }: RunView): string | undefined {
  const { key, title, startedAt = 0, endedAt = startedAt, partsDone = 0 } = step;
  const took = formatSeconds((endedAt - startedAt) / 1000);
  if (isComponent(step)) return `${title}: done, ${partsOf(partsDone)} in ${took}`;
  if (key === 'prepare' && plan) {
    const [zeebe] = plan.zeebe;
    const version = zeebe?.version ? ` (Camunda ${zeebe.version})` : '';
    return `Backup ${plan.run.backupId} of ${plan.run.cluster}${version}: ${plannedComponents(plan).join(', ')}`;
  }
  if (key === 'pause') return 'Exporting is paused (soft)';
  if (key === 'resume' && pausedAt !== undefined && resumedAt !== undefined) {
    return `Exporting is resumed after ${formatSeconds((resumedAt - pausedAt) / 1000)}`;
  }
  // The summary says where the manifest is.
  return undefined;
}

function plannedComponents(plan: NonNullable<RunView['plan']>): string[] {
  return targetsOf(plan).map(({ component }) => titleOf(component));
}

/** `3 parts`, or `1 of 3 parts`. */
export function partsOf(done: number, expected?: number): string {
  const count = expected ?? done;
  return `${expected === undefined ? '' : `${done} of `}${count} part${count === 1 ? '' : 's'}`;
}
