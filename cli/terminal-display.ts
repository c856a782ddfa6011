import { Listr, type ListrTask } from 'listr2';
import { formatSeconds } from '../core/duration.ts';
import type { Output } from './output.ts';
import type { Display } from './plain-display.ts';
import { isComponent, type RunView, type Step } from './view.ts';

const framesPerSecond = 4;

/** The picture on a terminal: one line a step, alive. */
export function terminalDisplay({ stderr }: Output, now: () => number): Display {
  let view: RunView | undefined;
  let list: Promise<unknown> | undefined;
  let ended = false;
  const waiters = new Map<string, () => void>();

  const follow = (key: string): ListrTask => ({
    title: titleOf(view, key, now()),
    task: (_, task) =>
      new Promise<void>((resolve, reject) => {
        const frame = () => {
          const step = view?.steps.find((one) => one.key === key);
          if (!step) return;
          task.title = titleOf(view, key, now());
          task.output = step.status === 'running' ? (step.remark ?? '') : '';
          if (step.status === 'waiting' || step.status === 'running') return;
          clearInterval(timer);
          waiters.delete(key);
          if (step.status === 'done') resolve();
          else if (step.status === 'failed') reject(new Error(step.remark ?? 'failed'));
          else {
            task.skip(`${step.title}: not reached`);
            resolve();
          }
        };
        const timer = setInterval(frame, 1000 / framesPerSecond);
        waiters.set(key, frame);
        frame();
      }),
  });

  const begin = ({ plan }: RunView) => {
    if (!plan) return;
    const applications = plan.applications.map(({ component }) => follow(component));
    const sideBySide: ListrTask = {
      title: 'Applications',
      task: (_, task) => task.newListr(applications, { concurrent: true, exitOnError: false }),
    };
    const groups = applications.length > 1 ? [sideBySide] : applications;
    const pause = follow('pause');
    list = new Listr(
      [
        ...(plan.order === 'PAUSE_FIRST' ? [pause, ...groups] : [...groups, pause]),
        ...[...plan.records, ...plan.zeebe].map(({ component }) => follow(component)),
        follow('resume'),
        follow('complete'),
      ],
      { exitOnError: false, rendererOptions: { collapseSubtasks: false, collapseErrors: false } },
    ).run();
  };

  return {
    update(next) {
      view = next;
      if (!list && next.plan && !ended) begin(next);
      for (const frame of waiters.values()) frame();
    },
    say: (text) => {
      stderr.write(`${text}\n`);
    },
    async end(next) {
      ended = true;
      this.update(next);
      await list;
    },
  };
}

function titleOf(view: RunView | undefined, key: string, now: number): string {
  const step = view?.steps.find((one) => one.key === key);
  if (!step) return key;
  const parts = step.partsExpected === undefined ? '' : `  ${step.partsDone ?? 0}/${step.partsExpected}`;
  const clock = elapsed(step, now);
  const pause = key === 'resume' && view ? pauseSoFar(view, now) : '';
  return `${step.title}${isComponent(step) ? parts : ''}${clock}${pause}`;
}

function elapsed({ startedAt, endedAt, status }: Step, now: number): string {
  if (startedAt === undefined || status === 'not-reached') return '';
  return `  ${formatSeconds(((endedAt ?? now) - startedAt) / 1000)}`;
}

function pauseSoFar({ pausedAt, resumedAt }: RunView, now: number): string {
  if (pausedAt === undefined) return '';
  return `  (exporting paused for ${formatSeconds(((resumedAt ?? now) - pausedAt) / 1000)})`;
}
