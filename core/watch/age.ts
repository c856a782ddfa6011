import { isAhead, secondsSince } from '../clock.ts';
import { formatSeconds } from '../config/duration.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { Tells } from '../tell/untold.ts';

type Needs = Pick<Context, 'ledger' | 'clock'> & { tells: Tells };

const repeatAfterSeconds = 24 * 3600;

/**
 * Notices that completed backups stay away, and tells of it once a day. Returns how old the last one is, in seconds;
 * null where it is dated in the future: then its age is not known, and that is told as well.
 */
export async function watchAge(
  cluster: string,
  newest: Manifest[],
  ids: AsyncIterable<number>,
  { maxAge }: ClusterConfig,
  context: Needs,
): Promise<number | null> {
  const { ledger, tells } = context;
  const now = new Date(context.clock.now()).toISOString();
  const before = await ledger.readMemory(cluster);
  const sinceOf = (last: Manifest | undefined) => last?.startedAt ?? before?.watchedSince ?? now;
  let last = newest.find(({ state }) => state === 'COMPLETED') ?? (await ledger.lastCompleted(cluster, ids));
  if (maxAge !== undefined && secondsSince(sinceOf(last), context) > maxAge) {
    // People are told only after a look at every id, also at those that are no moments.
    const all = (await ledger.backupIds(cluster)).toReversed();
    last = await ledger.lastCompleted(cluster, all);
  }
  const since = sinceOf(last);
  const age = secondsSince(since, context);
  const isUnknown = isAhead(since, context.clock);
  let toldOfAgeAt: string | undefined;
  if (maxAge !== undefined && (isUnknown || age > maxAge)) {
    toldOfAgeAt = before?.toldOfAgeAt;
    if (
      !toldOfAgeAt ||
      isAhead(toldOfAgeAt, context.clock) ||
      secondsSince(toldOfAgeAt, context) > repeatAfterSeconds
    ) {
      const isTold = await tells({
        kind: 'noRecentBackup',
        severity: 'CRITICAL',
        cluster,
        backupId: last?.backupId,
        ...(isUnknown
          ? {
              reason: `${last ? `The last completed backup, ${last.backupId},` : 'The first look at this cluster'} is dated ${formatSeconds(-age)} in the future: a clock is wrong, or was, so that nobody knows how old the last backup is`,
              remedy: 'Set the clocks of the machines that run backups; then start a backup by hand.',
            }
          : {
              reason: last
                ? `The last completed backup, ${last.backupId}, began ${formatSeconds(age)} ago; ${formatSeconds(maxAge)} are allowed`
                : `There is no completed backup, and the cluster is watched for ${formatSeconds(age)}; ${formatSeconds(maxAge)} are allowed`,
              remedy:
                'See whether the schedule is enabled, and why the last runs failed; then start a backup by hand.',
            }),
      });
      if (isTold) toldOfAgeAt = now;
    }
  }
  await ledger.changeMemory(cluster, (memory) => {
    const { toldOfAgeAt: _, ...rest } = memory ?? { watchedSince: now };
    return { ...rest, ...(toldOfAgeAt ? { toldOfAgeAt } : {}) };
  });
  return isUnknown ? null : age;
}
