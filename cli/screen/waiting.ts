import { type Call, watchCalls } from '../../core/calls.ts';
import type { Context } from '../../core/context.ts';

/** Most answers come sooner, so the display shows a call only after this time. */
const newsAfterSeconds = 5;
const mostLines = 3;

/** The calls that have waited for long enough to be shown, the oldest first. The same call to a server appears once. */
function overdue(calls: Call[], now: number): Call[] {
  const old = calls
    .filter(({ since }) => now - since >= newsAfterSeconds * 1000)
    .sort((a, b) => a.since - b.since);
  return old.filter(({ what }, index) => old.findIndex((one) => one.what === what) === index);
}

/** Lines about the calls that a run waits for now. */
export function waitingLines(calls: Call[], now: number): string[] {
  const all = overdue(calls, now);
  const lines = all
    .slice(0, mostLines)
    .map(({ what, since }) => `Waiting for ${what}: no answer for ${Math.floor((now - since) / 1000)} s.`);
  const more = all.length - lines.length;
  return more > 0 ? [...lines, `Waiting for ${more} more answers.`] : lines;
}

/** The same for a log, which shows each call once. */
export function newsOfWaiting(): (calls: Call[], now: number) => string[] {
  const told = new WeakSet<Call>();
  return (calls, now) => {
    const news = overdue(calls, now).filter((call) => !told.has(call));
    for (const call of news) told.add(call);
    return news.flatMap((call) => waitingLines([call], now));
  };
}

/** Prints the calls that a run waits for, if no picture shows them. Returns a function that stops it. */
export function sayWhomWeWaitFor(
  waiting: () => Call[],
  now: () => number,
  say: (text: string) => void,
): () => void {
  const news = newsOfWaiting();
  const timer = setInterval(() => {
    for (const line of news(waiting(), now())) say(line);
  }, 1000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Collects the open calls of all contexts of a run. Its way back has a context of its own. */
export function waitingRoom(now?: () => number): {
  watch: (context: Context) => Context;
  waiting: () => Call[];
} {
  const watched: (() => Call[])[] = [];
  return {
    watch(unwatched) {
      const { context, waiting } = watchCalls(unwatched, { now });
      watched.push(waiting);
      return context;
    },
    waiting: () => watched.flatMap((waiting) => waiting()),
  };
}
