/**
 * Ids are seconds since 1970 unless a person chose others, so their names are in the order of time (for the next 260
 * years). The newest backups are nearly always among the last names. The list is read back to these numbers of days.
 */
const dayMilliseconds = 24 * 3600_000;
const daysBack = [7, 100];

/**
 * Iterates over the ids of a cluster's backups, the newest first. `list` returns the ids whose names come after a text,
 * or all ids. Each part of the list is read once, and only when it is needed. An id that is not a moment may come after
 * older ones, so only a caller that reads to the end can be sure that an id is missing.
 */
export function newestIds(list: (after?: string) => Promise<number[]>, now: number): AsyncIterable<number> {
  const secondsAt = (days: number) => Math.floor((now + days * dayMilliseconds) / 1000);
  const parts: (number | undefined)[] = [...daysBack.map((days) => secondsAt(-days)), undefined];
  const known: number[] = [];
  const readOn = async () => {
    const from = parts.shift();
    let listed = await list(from === undefined ? undefined : String(from));
    // If some ids are not moments, the order of the names means nothing.
    if (from !== undefined && listed.some((id) => id < from || id > secondsAt(1))) {
      parts.length = 0;
      listed = await list();
    }
    const seen = new Set(known);
    known.push(...listed.filter((id) => !seen.has(id)).sort((a, b) => b - a));
  };
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; ; at++) {
        while (at >= known.length && parts.length > 0) await readOn();
        const id = known[at];
        if (id === undefined) return;
        yield id;
      }
    },
  };
}
