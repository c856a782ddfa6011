import * as z from 'zod';

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as people write it (`90s`, `5m`, `12h`, `2d`), read as seconds. */
export const duration = z
  .string({ error: 'is not a duration: a whole number and s, m, h or d' })
  .regex(/^[1-9]\d*[smhd]$/, 'is not a duration: a whole number and s, m, h or d')
  .transform((text) => Number.parseInt(text, 10) * (units[text.slice(-1)] ?? 1))
  .meta({ example: '5m' });

/** Seconds as people read them: `0.8 s`, `41 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
