import { titles } from '../components/kinds.ts';
import type { ComponentEntry, Manifest } from '../ledger/manifest.ts';
import type { Verification } from '../ledger/verification.ts';
import type { ShownComponent, TimelineEntry } from './shown.ts';

type Event = Pick<TimelineEntry, 'says'> & { at: string | undefined };

const verified: Record<Verification['verdict'], string> = {
  proven: 'A verification proved it',
  inPart: 'A verification proved it in part',
  unknown: 'A verification found nothing wrong, and could not see everything that it must',
  wrong: 'A verification found something wrong',
};

/** Makes the timeline of a backup of the ledger. */
export function timelineOf(
  manifest: Manifest,
  entries: ComponentEntry[],
  verification: Verification | undefined,
): TimelineEntry[] {
  const { startedAt, endedAt, state, exporting } = manifest;
  const { pausedAt, pauseProof, pauseHeldAt, resumedAt, resumeProof } = exporting;
  const events: Event[] = [
    { at: startedAt, says: 'The backup began' },
    { at: pausedAt, says: `Exporting was paused${proofIn(pauseProof)}` },
    ...entries.flatMap(eventsOf),
    { at: pauseHeldAt, says: 'Every partition was read, and was still paused' },
    { at: resumedAt, says: `Exporting was resumed${proofIn(resumeProof)}` },
    { at: endedAt, says: `The backup was ${state}` },
    ...(verification ? [{ at: verification.verifiedAt, says: verified[verification.verdict] }] : []),
  ];
  const isPaused = (at: string) =>
    pausedAt !== undefined && at >= pausedAt && (resumedAt === undefined || at < resumedAt);
  return inOrder(events).map((one) => ({ ...one, paused: isPaused(one.at) }));
}

/** Makes the timeline of a backup from elsewhere, by the times that its parts have. */
export function timelineOfParts(components: ShownComponent[]): TimelineEntry[] {
  const events = components.flatMap(({ component, parts }): Event[] => {
    const moments = (of: (string | undefined)[]) => of.filter((at) => at !== undefined).sort();
    const [first] = moments(parts.map(({ startedAt }) => startedAt));
    const last = moments(parts.map(({ endedAt }) => endedAt)).at(-1);
    const title = titles[component];
    return [
      { at: first, says: `${title} began` },
      { at: last, says: `The last part of ${title} ended` },
    ];
  });
  return inOrder(events).map((one) => ({ ...one, paused: false }));
}

function eventsOf({ component, requestedAt, startedAt, endedAt, state }: ComponentEntry): Event[] {
  const title = titles[component];
  return [
    ...(startedAt === undefined ? [{ at: requestedAt, says: `${title} was asked for its backup` }] : []),
    { at: startedAt, says: `${title} began` },
    { at: endedAt, says: `${title} was ${state}` },
  ];
}

/** The order of events at the same moment stays as it is. */
function inOrder(events: Event[]): { at: string; says: string }[] {
  return events
    .flatMap(({ at, says }) => (at === undefined ? [] : [{ at, says }]))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function proofIn(proof: string | undefined): string {
  return proof === undefined ? '' : ` (${proof})`;
}
