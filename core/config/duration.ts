import * as z from 'zod';

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as people write it (`90s`, `5m`, `12h`, `2d`), read as seconds. */
export const duration = z
  .string({ error: ({ input }) => whatIsWrong(input) })
  .regex(/^\d+[smhd]$/, { error: ({ input }) => whatIsWrong(input), abort: true })
  .refine((text) => Number.parseInt(text, 10) > 0, { error: 'is zero: 1s is the shortest' })
  .transform(secondsOf)
  .meta({ example: '5m' });

/** A duration of at most `longest`, written as in the file. `because` says why a longer one makes no sense. */
export const durationUpTo = (longest: string, because: string) =>
  duration.refine((seconds) => seconds <= secondsOf(longest), {
    error: `is longer than ${longest}, ${because}`,
    abort: true,
  });

function secondsOf(text: string): number {
  return Number.parseInt(text, 10) * (units[text.slice(-1)] ?? 1);
}

function whatIsWrong(input: unknown): string {
  if (input === undefined) return 'is missing';
  const isBare = typeof input === 'number' || (typeof input === 'string' && /^\d+$/.test(input));
  return isBare && Number.isInteger(Number(input))
    ? `has no unit: write ${input}s, ${input}m, ${input}h or ${input}d`
    : 'is not a duration: a whole number and s, m, h or d';
}

/** Formats seconds for people: `0.8 s`, `41 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
