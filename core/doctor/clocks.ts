import { formatSeconds } from '../config/duration.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';

/** Ids, ages and the order of what happened are read from several clocks, which may differ by less than this. */
const allowedSeconds = 30;

/** Compares the clocks of the servers with the one of the process that looks. */
export function clocks({ addresses }: DoctorFacts): Diagnosis[] {
  const known = addresses.flatMap(({ url, skew }) => (skew ? [{ url, ...skew }] : []));
  if (known.length === 0) return [];
  const wrong = known.filter(({ seconds, uncertainty }) => Math.abs(seconds) - uncertainty > allowedSeconds);
  if (wrong.length === 0) {
    const most = Math.max(...known.map(({ seconds, uncertainty }) => Math.abs(seconds) + uncertainty));
    const says = `The clocks of the servers differ from this one by ${formatSeconds(most)} at most`;
    return [{ name: 'clocks', severity: 'ok', subject: 'cluster', says }];
  }
  return [
    {
      name: 'clocks',
      severity: 'warning',
      subject: 'cluster',
      says: wrong
        .map(
          ({ url, seconds }) =>
            `The clock of ${url} is ${formatSeconds(Math.abs(seconds))} ${seconds > 0 ? 'ahead of' : 'behind'} this one`,
        )
        .join(', '),
      remedy: 'Let all machines set their clocks by NTP, this one too.',
    },
  ];
}
