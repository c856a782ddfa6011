import { jest } from '@jest/globals';
import { cleanUp } from './clean-up.ts';

const fakeable = [
  'Date',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const;

/** Replaces only the date for the rest of the test, and no other clock. */
export function pretendDate(now: number): void {
  fakeOnly(['Date'], now);
}

/** Replaces only intervals, which then run in jest.advanceTimersByTime. All other timers are real. */
export function fakeIntervals(): void {
  fakeOnly(['setInterval', 'clearInterval']);
}

function fakeOnly(faked: (typeof fakeable)[number][], now = Date.now()): void {
  jest.useFakeTimers({ now, doNotFake: fakeable.filter((one) => !faked.includes(one)) });
  cleanUp(() => jest.useRealTimers());
}
