/**
 * Ids of backups are seconds since 1970 unless somebody asked for others, and so are their names, for the next 260 years, as
 * texts in the order of time. What a look of the watchdog needs is nearly always among the last ones.
 */
const dayMilliseconds = 24 * 3600_000;
const daysBack = [7, 100];

/**
 * The ids of a cluster's backups, the newest first. `list` brings those whose names come after a text, or all; each part
 * of the list is asked for once, and only when it is needed. An id that is no moment may stand behind older ones, so
 * nothing may be concluded from its absence by whoever does not read on to the end.
 */
export function newestIds(list: (after?: string) => Promise<number[]>, now: number): AsyncIterable<number> {
  const secondsAt = (days: number) => Math.floor((now + days * dayMilliseconds) / 1000);
  const parts: (number | undefined)[] = [...daysBack.map((days) => secondsAt(-days)), undefined];
  const known: number[] = [];
  const readOn = async () => {
    const from = parts.shift();
    let listed = await list(from === undefined ? undefined : String(from));
    // Where some ids are no moments, the order of their names says nothing.
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
