import { formatSeconds } from '../../core/config/duration.ts';

/** Two clocks may differ a little, so a moment that is just ahead counts as now. */
export function ago(seconds: number): string {
  return seconds < -1
    ? `${formatSeconds(-seconds)} in the future`
    : `${formatSeconds(Math.max(0, seconds))} ago`;
}

/** `2026-11-27T22:40:11Z` */
export function formatMoment(instant: string): string {
  return instant.replace(/\.\d+Z$/, 'Z');
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `12.3 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** `1 broker`, `3 brokers` */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** What a verification says of one thing, and when it was seen if that was earlier. */
export function formatJudgement({ says, seenAt }: { says: string; seenAt?: string | undefined }): string {
  return seenAt === undefined ? says : `${says} (seen at ${formatMoment(seenAt)}, and not again since)`;
}
