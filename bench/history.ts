import type { Measured } from './figures.ts';
import { countTwoBackups } from './long-backup.ts';

/** The seconds of each component. The critical path is web applications + records + Zeebe. */
const backups = [
  { name: '10 minutes', webApplications: 240, optimize: 60, records: 60, zeebe: 300 },
  { name: '2 hours', webApplications: 2700, optimize: 900, records: 900, zeebe: 3600 },
  { name: '24 hours', webApplications: 36_000, optimize: 14_400, records: 7200, zeebe: 43_200 },
];

/**
 * Counts the transitions (which are billed) and events (limited to 25,000 per execution) of long backups, with an
 * overridden clock. A cluster's first backup has no expected durations, and every later one has those of the last.
 */
export async function measureHistory(): Promise<Measured> {
  const rows: string[][] = [];
  const counted: { transitions: number; events: number }[] = [];
  for (const { name, ...durations } of backups) {
    const [first, later] = await countTwoBackups(durations);
    counted.push(first, later);
    rows.push([name, 'first', String(first.transitions), String(first.events)]);
    rows.push([name, 'later', String(later.transitions), String(later.events)]);
  }
  const [first10, later10, , , first24, later24] = counted;
  return {
    figures: {
      transitions10min: later10?.transitions ?? Number.NaN,
      transitions10minFirst: first10?.transitions ?? Number.NaN,
      events24h: Math.max(first24?.events ?? Number.NaN, later24?.events ?? Number.NaN),
    },
    table: {
      title: 'History of one backup (time overridden; two applications, records, Zeebe)',
      header: ['backup of', 'of a cluster', 'transitions', 'events'],
      rows,
    },
  };
}
