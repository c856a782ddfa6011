import type { HttpAnswer } from '../connect/http.ts';

/** How far a server's clock is ahead of this one, in seconds, and how exactly that is known. */
export interface Skew {
  seconds: number;
  /** The header has whole seconds, and the answer took some time. */
  uncertainty: number;
}

/** Compares the server's `Date` with the moments before and after the request, in milliseconds since 1970. */
export function skewIn({ date }: HttpAnswer, asked: number, answered: number): Skew | undefined {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return undefined;
  const seconds = (told + 500 - (asked + answered) / 2) / 1000;
  return { seconds, uncertainty: 0.5 + (answered - asked) / 2000 };
}
