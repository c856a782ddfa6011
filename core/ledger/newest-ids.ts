/**
 * An id is a number of seconds since 1970 unless a person or another tool has set the count higher. For the next 260 years,
 * the names of such ids are in the order of time also as texts, so that a store can list the last ones alone.
 */
const dayMilliseconds = 24 * 3600_000;
const daysBack = [7, 100];
const firstMoment = 1_000_000_000;

/** The mark of a cluster that has an id which is no moment. It stands beside the ids, and comes after all of them. */
export const unorderedName = 'unordered';

/** False for an id whose name may come before the names of older ids. */
export function isMoment(id: number, now: number): boolean {
  return id >= firstMoment && id <= secondsAt(now, 1);
}

/** What a store lists: the ids, and false if some id of the cluster is marked as no moment. */
export interface Listed {
  ids: number[];
  areMoments: boolean;
}

/**
 * The newest ids of a cluster, the newest first: `count` of them, or all if there are fewer. `list` lists those whose
 * names come after a text, or all. Two short lists are enough unless the ledger is old or some id is no moment.
 */
export async function newestIds(
  list: (after?: string) => Promise<Listed>,
  count: number,
  now: number,
): Promise<number[]> {
  for (const days of daysBack) {
    const { ids, areMoments } = await list(String(secondsAt(now, -days)));
    if (!areMoments || !ids.every((id) => isMoment(id, now))) break;
    if (ids.length >= count) return newestOf(ids, count);
  }
  return newestOf((await list()).ids, count);
}

const newestOf = (ids: number[], count: number) => ids.toSorted((a, b) => b - a).slice(0, count);

const secondsAt = (now: number, days: number) => Math.floor((now + days * dayMilliseconds) / 1000);
