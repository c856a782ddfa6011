import { formatSeconds } from '../core/config/duration.ts';
import type { ClusterConfig } from '../core/config/schema.ts';
import type { Risk } from './risk.ts';
import { longestGap, type OmittedTime, omittedTimes } from './schedule-times.ts';

const hour = 3600;

/** By how much longer a backup may take than the one before, so that no alert says that a backup is missing. */
const slack = hour / 2;

/** The most that `maxAge` may be. */
const longestAge = 366 * 24 * hour;

/** Finds the risks of a cluster's schedules and of its `maxAge`. */
export function risksOfSchedules(
  name: string,
  { schedules, maxAge }: Pick<ClusterConfig, 'schedules' | 'maxAge'>,
  now: number,
): Risk[] {
  const enabled = schedules.filter((schedule) => schedule.enabled);
  const risks: Risk[] = [];
  if (enabled.length === 0) {
    risks.push([
      `no-schedule-${name}`,
      `No backup of ${name} starts by itself: write clusters.${name}.schedules, or enable one.`,
    ]);
  }
  const gap = longestGap(enabled, now);
  const window = Math.max(0, ...enabled.map(({ flexibleWindow = 0 }) => flexibleWindow));
  const least = gap + window + slack;
  const hours = `${Math.ceil(least / hour)}h`;
  if (maxAge === undefined) {
    const example = Number.isFinite(gap)
      ? `such as ${hours}`
      : 'a little more than the time between two backups';
    risks.push([
      `no-max-age-${name}`,
      `No alert reports missing backups of ${name}: write clusters.${name}.maxAge, ${example}.`,
    ]);
  } else if (Number.isFinite(gap) && maxAge < least) {
    const delay = window === 0 ? '' : `, and flexibleWindow adds ${formatSeconds(window)}`;
    const advice =
      least > longestAge
        ? 'Write schedules that go on, or omit maxAge.'
        : `Write at least ${hours}, and more if one backup may take more than ${formatSeconds(slack)} longer than the one before.`;
    risks.push([
      `max-age-${name}`,
      `clusters.${name}.maxAge is ${formatSeconds(maxAge)}, but up to ${formatSeconds(gap)} pass between two starts of its schedules${delay}. People would be told that the last backup is too old although none failed. ${advice}`,
    ]);
  }
  for (const [index, schedule] of schedules.entries()) {
    const [omitted] = schedule.enabled ? omittedTimes(schedule, now) : [];
    if (!omitted) continue;
    risks.push([
      `omitted-time-${name}-${index}`,
      sentenceOf(`clusters.${name}.schedules.${index}`, schedule.timezone, omitted),
    ]);
  }
  return risks;
}

function sentenceOf(path: string, timezone: string, { shown, from, to, gapSeconds }: OmittedTime): string {
  return `${path}: on ${new Date(shown).toISOString().slice(0, 10)} the clocks of ${timezone} go from ${timeOf(from)} to ${timeOf(to)}, and EventBridge Scheduler omits the backup of ${timeOf(shown)}, so ${formatSeconds(gapSeconds)} pass between two backups. Choose a time that every day has, or omit timezone, which means UTC. (A time that comes twice when the clocks go back starts one backup.)`;
}

const timeOf = (shown: number) => new Date(shown).toISOString().slice(11, 16);
