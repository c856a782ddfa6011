import type { Call } from '../../core/calls.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import { fold } from './fold.ts';
import { columnsOf, type Output, paint, printLine } from './output.ts';
import { type Display, partsOf } from './plain-display.ts';
import { oneLine, secondsLeft, wrap } from './sentences.ts';
import { isComponent, type RunView, type Step, type StepStatus } from './view.ts';
import { waitingLines } from './waiting.ts';

const framesPerSecond = 8;
/** In columns. */
const narrowBelow = 64;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const eraseToEndOfLine = '\x1b[K';
const eraseBelow = '\x1b[J';

/**
 * The live picture on a terminal, with one line for each step. It is written here, because it must never do what the
 * libraries for task lists do: handle signals, hold back other output, or write to stdout, where only the result goes.
 */
export function terminalDisplay(
  { stderr, env }: Output,
  now: () => number,
  waiting: () => Call[] = () => [],
): Display {
  let view: RunView | undefined;
  let height = 0;
  let frame = 0;
  let ended = false;
  const symbols = symbolsFor(env);
  const show = () => stderr.write(showCursor);

  const draw = (above = '') => {
    if (ended) return;
    const columns = columnsOf(stderr);
    const rows = stderr.rows || 24;
    const waitedFor = waitingLines(waiting(), now()).flatMap((line) => wrapped(line, columns, symbols));
    const all: Line[] = [
      ...(view ? linesOf(view, now(), symbols, frame, columns) : []),
      ...waitedFor.map((text) => ({ text })),
    ];
    // A line that wraps, or that is above the upper edge, could not be painted over.
    const lines = all.slice(-Math.max(1, rows - 1)).map((line) => fit(line, columns - 1, symbols.ellipsis));
    const picture = lines.map(({ text, format }) => (format ? paint(stderr, format, text) : text));
    const back = height > 0 ? `\x1b[${height}A` : '';
    const upper =
      above === '' ? '' : `${above.split('\n').join(`${eraseToEndOfLine}\n`)}${eraseToEndOfLine}\n`;
    // A single write that paints over the old picture, without erasing it first, does not flicker. The \r overwrites an
    // echoed ^C.
    stderr.write(
      `\r${back}${upper}${picture.map((line) => `${line}${eraseToEndOfLine}\n`).join('')}${eraseBelow}`,
    );
    height = lines.length;
  };
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, 1000 / framesPerSecond);
  timer.unref();
  stderr.write(hideCursor);
  process.once('exit', show);

  return {
    stays: true,
    update(next) {
      view = next;
      draw();
    },
    say: (text) => (ended ? printLine(stderr, text) : draw(fold(text, columnsOf(stderr)))),
    end(next) {
      if (ended) return;
      view = next ?? view;
      draw();
      ended = true;
      clearInterval(timer);
      process.off('exit', show);
      show();
    },
  };
}

interface Line {
  text: string;
  format?: 'green' | 'red' | 'yellow' | 'dim' | 'bold' | undefined;
}

type Symbols = Record<StepStatus, string> & { frames: string[]; ellipsis: string };

/** Symbols for a terminal with UTF-8, otherwise plain letters. */
function symbolsFor({ LC_ALL, LC_CTYPE, LANG, WT_SESSION }: NodeJS.ProcessEnv): Symbols {
  const unicode = /UTF-?8/i.test(LC_ALL || LC_CTYPE || LANG || '') || WT_SESSION !== undefined;
  if (unicode) {
    const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
    return {
      waiting: '·',
      running: '',
      done: '✔',
      failed: '✖',
      stopped: '■',
      'not-reached': '·',
      frames,
      ellipsis: '…',
    };
  }
  const frames = [...'|/-\\'];
  return {
    waiting: '.',
    running: '',
    done: '+',
    failed: 'x',
    stopped: '#',
    'not-reached': '.',
    frames,
    ellipsis: '~',
  };
}

const formats: Record<StepStatus, Line['format']> = {
  waiting: 'dim',
  running: undefined,
  done: 'green',
  failed: 'red',
  stopped: 'yellow',
  'not-reached': 'dim',
};

function linesOf(view: RunView, now: number, symbols: Symbols, frame: number, width: number): Line[] {
  const { plan, pausedAt, resumedAt } = view;
  const spinner = symbols.frames[frame % symbols.frames.length] ?? '';
  const narrow = width < narrowBelow;
  const longest = Math.max(0, ...view.steps.map(({ title }) => title.length));
  const [titles, parts, times] = narrow ? [longest, 4, 6] : [Math.max(20, longest), 13, 10];
  const lines: Line[] = [
    {
      text: plan ? `Backup ${plan.run.backupId} of ${view.cluster}` : `Backup of ${view.cluster}`,
      format: 'bold',
    },
  ];
  for (const { backupId, message } of view.earlier) {
    const text = `Backup ${backupId} failed and is tried again with a new id: ${oneLine(message)}`;
    lines.push(...wrapped(text, width, symbols).map((text): Line => ({ text, format: 'yellow' })));
  }
  for (const step of view.steps) {
    const { status, title } = step;
    const columns = [
      status === 'running' ? spinner : symbols[status],
      title.padEnd(titles),
      partsColumn(step, narrow).padEnd(parts),
      timeColumn(step, now).padEnd(times),
    ];
    const text = `  ${columns.join(' ')}`;
    const note = noteOf(step, now);
    const fits = note === '' || [...`${text} ${note}`].length < width;
    lines.push({ text: (fits ? `${text} ${note}` : text).trimEnd(), format: formats[status] });
    // A reason that does not fit gets lines of its own, because half of it would not help.
    if (!fits) lines.push(...wrapped(note, width, symbols, noteIndent).map((text) => ({ text })));
  }
  if (view.nextTry) {
    const left = waitOf(secondsLeft(view.nextTry.until - now));
    lines.push({ text: `The next try begins in ${left}.`, format: 'yellow' });
  }
  if (pausedAt !== undefined && resumedAt === undefined) {
    const soFar = formatSeconds((now - pausedAt) / 1000);
    lines.push({ text: `Exporting has been paused for ${soFar}.`, format: 'yellow' });
  }
  return lines;
}

function partsColumn(step: Step, narrow: boolean): string {
  const { partsDone = 0, partsExpected, status } = step;
  if (!isComponent(step) || status === 'waiting' || status === 'not-reached') return '';
  if (partsExpected === undefined) return '';
  return narrow ? `${partsDone}/${partsExpected}` : partsOf(partsDone, partsExpected);
}

function timeColumn({ startedAt, endedAt, status }: Step, now: number): string {
  if (startedAt === undefined || !(status === 'running' || status === 'done')) return '';
  return formatSeconds(((endedAt ?? now) - startedAt) / 1000);
}

function noteOf(step: Step, now: number): string {
  const { status, remark, error, failures, again, unwritten } = step;
  // The component does not know that its backup is not needed any more.
  if (status === 'stopped') return isComponent(step) ? 'may still be at work' : 'no longer watched';
  if (status === 'not-reached') return 'not reached';
  if (status !== 'running') return '';
  if (error === undefined) return remark ?? '';
  const often = failures > 1 ? ` (${failures} times)` : '';
  const next = again ? `, trying again in ${waitOf(secondsLeft(again.until - now))}` : '';
  return `${unwritten ? 'could not be recorded' : 'did not work'}${often}${next}: ${error}`;
}

/** A wait in whole seconds, because tenths that change eight times a second are only noise. */
const waitOf = (seconds: number) => (seconds < 60 ? `${seconds} s` : formatSeconds(seconds));

const noteIndent = '      ';
/** This is enough for the reasons of a few servers that cannot be reached. */
const mostLines = 12;

function wrapped(text: string, columns: number, { ellipsis }: Symbols, indent = ''): string[] {
  const lines = wrap(text, Math.max(10, columns - 1 - indent.length)).map((line) => `${indent}${line}`);
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines - 1), `${lines[mostLines - 1]}${ellipsis}`];
}

function fit(line: Line, columns: number, ellipsis: string): Line {
  const letters = [...line.text];
  if (letters.length <= columns) return line;
  return { ...line, text: `${letters.slice(0, Math.max(0, columns - 1)).join('')}${ellipsis}` };
}
