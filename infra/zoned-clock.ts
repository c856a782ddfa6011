/** A change of a zone's distance from UTC, at an instant in milliseconds since 1970. Distances are in milliseconds. */
export interface ClockChange {
  at: number;
  before: number;
  after: number;
}

/** A part of a time zone's history in which its distance from UTC does not change. */
interface Span {
  from: number;
  to: number;
  offset: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const week = 7 * day;

/** What the clocks of a time zone show between two instants. */
export class ZonedClock {
  readonly changes: ClockChange[];
  readonly #spans: Span[];

  constructor(timeZone: string, from: number, to: number) {
    const offsetAt = offsetsOf(timeZone);
    this.changes = changesBetween(offsetAt, from - day, to + day);
    const ends = [...this.changes.map(({ at }) => at), Number.POSITIVE_INFINITY];
    this.#spans = ends.map((end, index) => ({
      from: this.changes[index - 1]?.at ?? Number.NEGATIVE_INFINITY,
      to: end,
      offset: this.changes[index - 1]?.after ?? this.changes[0]?.before ?? offsetAt(from),
    }));
  }

  /**
   * The first instant at which the clocks show a time, which is given as the milliseconds since 1970 that it would be in
   * UTC; undefined if the clocks never show it, because they are put forward past it.
   */
  instantOf(shown: number): number | undefined {
    const found = this.#spans.find(({ from, to, offset }) => shown - offset >= from && shown - offset < to);
    return found && shown - found.offset;
  }

  /** The change by which the clocks are put forward past a time. */
  changePast(shown: number): ClockChange | undefined {
    return this.changes.find(({ at, before, after }) => shown >= at + before && shown < at + after);
  }
}

/** Reads the zone's rules from the IANA database of Node. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    if (sign === undefined) return 0;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute;
  };
}

function changesBetween(offsetAt: (instant: number) => number, from: number, to: number): ClockChange[] {
  const changes: ClockChange[] = [];
  let after = offsetAt(Math.floor(from / day) * day);
  // No zone changes its clocks twice in a week.
  for (let begin = Math.floor(from / day) * day; begin < to; begin += week) {
    const before = after;
    after = offsetAt(begin + week);
    if (before === after) continue;
    let [earlier, later] = [begin, begin + week];
    while (later - earlier > minute) {
      const middle = Math.floor((earlier + later) / 2 / minute) * minute;
      if (offsetAt(middle) === before) earlier = middle;
      else later = middle;
    }
    changes.push({ at: later, before, after });
  }
  return changes;
}
