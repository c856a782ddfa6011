import { type Call, watchCalls } from '../../core/calls.ts';
import type { Context } from '../../core/context.ts';

/** Most answers come sooner: until then, whom a run waits for is no news. */
const newsAfterSeconds = 5;
const mostLines = 3;

/** The calls that have no answer for so long that people want to know, the oldest first; each server's call once. */
function overdue(calls: Call[], now: number): Call[] {
  const old = calls
    .filter(({ since }) => now - since >= newsAfterSeconds * 1000)
    .sort((a, b) => a.since - b.since);
  return old.filter(({ what }, index) => old.findIndex((one) => one.what === what) === index);
}

/** Whom a run waits for now. */
export function waitingLines(calls: Call[], now: number): string[] {
  const all = overdue(calls, now);
  const lines = all
    .slice(0, mostLines)
    .map(({ what, since }) => `Waiting for ${what}: no answer for ${Math.floor((now - since) / 1000)} s.`);
  const more = all.length - lines.length;
  return more > 0 ? [...lines, `Waiting for ${more} more answers.`] : lines;
}

/** The same for a log: each call once. */
export function newsOfWaiting(): (calls: Call[], now: number) => string[] {
  const told = new WeakSet<Call>();
  return (calls, now) => {
    const news = overdue(calls, now).filter((call) => !told.has(call));
    for (const call of news) told.add(call);
    return news.flatMap((call) => waitingLines([call], now));
  };
}

/** Says so until it is stopped, where there is no picture that shows it. */
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

/** Watches the contexts of one run, which has another one for its way back. */
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
