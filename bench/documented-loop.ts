import type { Scenario } from './scenarios.ts';

/** The wait between two checks in the documentation. */
const pollSeconds = 5;
/** The order in which it starts the applications, and waits for them. */
const applications = { '8.7': ['optimize', 'operate', 'tasklist'], '8.8': ['webApplications', 'optimize'] };

/**
 * How long the documented loop (documented-loop.sh) takes for a backup, and for the pause in it, without running it. A
 * call takes `callSeconds`, and the cluster answers in the middle of it.
 */
export function documentedLoop(
  { camunda, durations }: Scenario,
  callSeconds: number,
): { total: number; paused: number } {
  let now = 0;
  /** Makes a call. Returns the moment at which it reaches the cluster. */
  const call = (takes = 0): number => {
    const reached = now + callSeconds / 2;
    now += callSeconds + takes;
    return reached;
  };
  const start = (name: string) => call() + (durations[name] ?? 0);
  const waitUntil = (endsAt: number) => {
    while (call() < endsAt) now += pollSeconds;
  };
  const backUpApplications = () => {
    for (const endsAt of applications[camunda].map(start)) waitUntil(endsAt);
  };
  const pausesFirst = camunda === '8.8';
  if (!pausesFirst) backUpApplications();
  const pausedAt = call();
  if (pausesFirst) backUpApplications();
  // The search engine answers when the snapshot is complete. Its status is asked for once more.
  call(durations['records']);
  call();
  waitUntil(start('zeebe'));
  const resumedAt = call();
  return { total: now, paused: resumedAt - pausedAt };
}
