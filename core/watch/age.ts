import { isAhead, nowIso, secondsSince } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { Context } from '../context.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { isDue, type Moment, type Noticed, nothing } from './noticed.ts';

/** The last completed backup of a cluster, if there is one, and since when no other one has been completed. */
export interface Age {
  last: Manifest | undefined;
  since: string;
}

/**
 * The moment from which `maxAge` counts: the end of a completed backup. From its beginning, the time that the next one
 * takes would count too, and every long backup would be late (docs/decisions/0026-what-max-age-counts.md).
 */
function countedFrom({ startedAt, endedAt }: Pick<Manifest, 'startedAt' | 'endedAt'>): string {
  return endedAt ?? startedAt;
}

/**
 * Looks for the last completed backup: among the newest ones, and in the whole ledger if none of them is complete, or
 * before people are told that the last one is too old.
 */
export async function lastCompleted(
  cluster: string,
  { newest, maxAge }: { newest: Manifest[]; maxAge: number | undefined },
  { watchedSince }: Pick<WatchMemory, 'watchedSince'>,
  { ledger, clock }: Pick<Context, 'ledger' | 'clock'>,
): Promise<Age> {
  const ageOf = (last: Manifest | undefined) => ({ last, since: last ? countedFrom(last) : watchedSince });
  const first = newest.find(({ state }) => state === 'COMPLETED');
  const isFresh = maxAge === undefined || secondsSince(ageOf(first).since, { clock }) <= maxAge;
  if (first && isFresh) return ageOf(first);
  const all = (await ledger.backupIds(cluster)).toReversed();
  return ageOf(await ledger.lastCompleted(cluster, all));
}

/** How old the last completed backup is, in seconds; null if it is dated in the future: then its age is not known. */
export function ageInSeconds({ since }: Age, clock: Moment): number | null {
  return isAhead(since, clock) ? null : secondsSince(since, { clock });
}

/** Notices that no recent backup is complete, or that the age of the last one cannot be known. */
export function noticeAge(
  { cluster, age, maxAge }: { cluster: string; age: Age; maxAge: number | undefined },
  { toldOfAgeAt }: Pick<WatchMemory, 'toldOfAgeAt'>,
  clock: Moment,
): Noticed {
  const seconds = ageInSeconds(age, clock);
  if (maxAge === undefined || (seconds !== null && seconds <= maxAge)) {
    return { alerts: [], memory: { toldOfAgeAt: undefined } };
  }
  if (!isDue(toldOfAgeAt, 'noRecentBackup', clock)) return nothing;
  const { last, since } = age;
  const alert = {
    kind: 'noRecentBackup',
    severity: 'CRITICAL',
    cluster,
    backupId: last?.backupId,
    ...(seconds === null
      ? {
          reason: `${last ? `The last completed backup, ${last.backupId},` : 'The first look at this cluster'} is dated ${formatSeconds(-secondsSince(since, { clock }))} in the future: a clock is or was wrong, so the age of the last backup is not known`,
          remedy: 'Correct the clocks of the machines that run backups, then start a backup by hand.',
        }
      : {
          reason: last
            ? `The last completed backup, ${last.backupId}, ended ${formatSeconds(seconds)} ago; ${formatSeconds(maxAge)} are allowed`
            : `There is no completed backup, and the cluster has been watched for ${formatSeconds(seconds)}; ${formatSeconds(maxAge)} are allowed`,
          remedy:
            'See whether the schedule is enabled, and why the last runs failed; then start a backup by hand.',
        }),
  } as const;
  return { alerts: [{ alert, told: { toldOfAgeAt: nowIso({ clock }) } }], memory: {} };
}
