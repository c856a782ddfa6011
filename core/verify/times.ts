import type { ComponentName } from '../components/kinds.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ComponentEntry, Manifest } from '../ledger/manifest.ts';
import type { Judgement } from '../ledger/verification.ts';
import type { Facts } from './facts.ts';
import { type Look, lookAt, severalOf, takeAnother } from './judgement.ts';

/** The clocks of two machines may differ by this many seconds without a reason to doubt what they say. */
const usualSkew = 300;
/** Servers round their times, and the functions of one run do not all run on one machine. */
const roundingSeconds = 1;

/**
 * The order of what happened, by the times in the manifest: the pause before everything that needs it, the resume after
 * it. The servers' times come from other clocks. What each clock differs by is measured by the backup itself: a component
 * cannot have begun before it was asked, nor ended after it was seen complete.
 */
export function judgeTimes({ manifest: { known: manifest } }: Facts): Judgement[] {
  if (manifest?.state !== 'COMPLETED') return [];
  const look = lookAt('times', 'zeebe');
  const { pausedAt, pauseHeldAt, resumedAt } = manifest.exporting;
  if (!pausedAt || !resumedAt) {
    return [look.unknown('When exporting was paused and resumed is not recorded')];
  }
  const wrong = [
    ...(isLater(pausedAt, resumedAt)
      ? [`exporting was resumed at ${resumedAt}, and paused at ${pausedAt}`]
      : []),
    ...disorder(manifest, pausedAt, resumedAt),
  ];
  if (wrong.length > 0) {
    return [
      look.wrong(
        `The times of this backup are not in the order of the procedure: ${severalOf(wrong)}`,
        takeAnother,
      ),
    ];
  }
  const skews = manifest.components.map((entry) => ({ entry, skew: skewOf(entry) }));
  const found = skews.flatMap(({ entry, skew }) => judgeSkew(entry.component, skew));
  if (found.length > 0) return found;
  const zeebe = manifest.components.find(({ component }) => component === 'zeebe');
  if (!pauseHeldAt || isLater(zeebe?.endedAt, pauseHeldAt) || isLater(pauseHeldAt, resumedAt)) {
    return [look.unknown("Whether exporting stayed paused until the end of Zeebe's backup was not seen")];
  }
  const endless = manifest.components.filter(({ endedAt }) => endedAt === undefined);
  if (endless.length > 0) {
    return [
      look.unknown(`When ${severalOf(endless.map(({ component }) => component))} ended is not recorded`),
    ];
  }
  const largest = Math.max(0, ...skews.map(({ skew }) => (skew === 'impossible' ? 0 : Math.abs(skew))));
  const clocks = largest === 0 ? '' : `; the clocks differ by at least ${formatSeconds(largest)}`;
  return [look.proven(`Exporting was paused before what needs the pause, and resumed after it${clocks}`)];
}

const isLater = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined && Date.parse(one) - Date.parse(other) > roundingSeconds * 1000;

/** What is in the wrong order by the clock of the run alone. */
function disorder({ components, order }: Manifest, pausedAt: string, resumedAt: string): string[] {
  return components.flatMap(({ component, requestedAt, endedAt }) => {
    const beforePause = order === 'APPLICATIONS_FIRST' && !['records', 'zeebe'].includes(component);
    if (beforePause) {
      return isLater(endedAt, pausedAt)
        ? [`${component} ended at ${endedAt}, after the pause at ${pausedAt}`]
        : [];
    }
    return [
      ...(isLater(pausedAt, requestedAt)
        ? [`${component} was asked at ${requestedAt}, before the pause at ${pausedAt}`]
        : []),
      ...(isLater(endedAt, resumedAt)
        ? [`${component} ended at ${endedAt}, after exporting was resumed at ${resumedAt}`]
        : []),
    ];
  });
}

/** The largest difference of a clock that the parts of a component show; `impossible` if no difference explains one of them. */
function skewOf({ requestedAt, endedAt, parts = [] }: ComponentEntry): number | 'impossible' {
  // Each broker has a clock of its own, so every part is measured by itself.
  const skews = parts.map((part) => skewOfPart(part, requestedAt, endedAt));
  if (skews.includes('impossible')) return 'impossible';
  return skews.reduce<number>(
    (largest, skew) => (typeof skew === 'number' && Math.abs(skew) > Math.abs(largest) ? skew : largest),
    0,
  );
}

/**
 * The seconds by which the clock of a part's server is at least ahead, or behind if it is below 0. `impossible` if the part
 * took longer than the whole time from the request to the end.
 */
function skewOfPart(
  part: { startedAt?: string | undefined; endedAt?: string | undefined },
  requestedAt: string,
  endedAt: string | undefined,
): number | 'impossible' {
  const [start] = moment(part.startedAt);
  const [end] = moment(part.endedAt ?? part.startedAt);
  if (start === undefined || end === undefined || endedAt === undefined) return 0;
  const atLeast = end - Date.parse(endedAt) / 1000;
  const atMost = start - Date.parse(requestedAt) / 1000;
  if (atLeast > atMost + 2 * roundingSeconds) return 'impossible';
  if (atLeast > roundingSeconds) return atLeast;
  return atMost < -roundingSeconds ? atMost : 0;
}

function moment(instant: string | undefined): number[] {
  const milliseconds = Date.parse(instant ?? '');
  return Number.isNaN(milliseconds) ? [] : [milliseconds / 1000];
}

function judgeSkew(component: ComponentName, skew: number | 'impossible'): Judgement[] {
  const look: Look = lookAt('times', component);
  if (skew === 'impossible') {
    return [
      look.wrong(
        `A part of ${component} began before it was asked for, or ended after it was seen complete, whatever its clock says`,
        takeAnother,
      ),
    ];
  }
  return Math.abs(skew) > usualSkew
    ? [
        look.unknown(
          `By the clock of ${component}, its parts are ${formatSeconds(Math.abs(skew))} ${skew > 0 ? 'after' : 'before'} this backup: that clock is wrong, or they belong to another backup`,
          'Set the clocks of the servers (NTP).',
        ),
      ]
    : [];
}
