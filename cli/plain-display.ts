import { formatSeconds } from '../core/duration.ts';
import { type Output, printLine } from './output.ts';
import { isComponent, type RunView, type Step } from './view.ts';

/** A live picture of a run; `update` whenever the view has changed. */
export interface Display {
  update(view: RunView): void;
  /** A sentence beside the picture. */
  say(text: string): void;
  end(view: RunView): Promise<void>;
}

/** One line for everything that changes: for pipes, logs and cron. */
export function plainDisplay({ stderr }: Output, now: () => number): Display {
  const said = new Map<string, string>();
  const print = (text: string) => printLine(stderr, `${new Date(now()).toISOString().slice(11, 19)} ${text}`);
  const update = (view: RunView) => {
    for (const step of view.steps) {
      const line = lineOf(step);
      if (!line || said.get(step.key) === line.same) continue;
      said.set(step.key, line.same);
      print(line.text);
    }
  };
  return { update, say: print, end: async (view) => update(view) };
}

/** The line of a step, and what of it must change for another line. */
function lineOf(step: Step): { text: string; same: string } | undefined {
  const { title, status, startedAt, endedAt, remark } = step;
  if (status === 'waiting' || status === 'not-reached') return undefined;
  const seconds =
    startedAt !== undefined && endedAt !== undefined
      ? ` after ${formatSeconds((endedAt - startedAt) / 1000)}`
      : '';
  const words = { running: '', done: `: done${seconds}`, failed: ': FAILED' }[status];
  const what = isComponent(step) ? `${title}${parts(step)}` : title;
  const same = `${what}${words}${remark ?? ''}`;
  return { text: `${what}${words}${remark ? ` (${remark})` : ''}`, same };
}

export function parts({ partsDone, partsExpected, status }: Step): string {
  if (partsExpected === undefined) return status === 'running' && !partsDone ? ': started' : '';
  return `: ${partsDone ?? 0} of ${partsExpected} parts`;
}
