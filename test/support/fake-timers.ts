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

/** The rest of the test sees this date, and no other clock is changed. */
export function pretendDate(now: number): void {
  fakeOnly(['Date'], now);
}

/** What is due every so often comes when jest.advanceTimersByTime is called, and nothing else waits for that. */
export function fakeIntervals(): void {
  fakeOnly(['setInterval', 'clearInterval']);
}

function fakeOnly(faked: (typeof fakeable)[number][], now = Date.now()): void {
  jest.useFakeTimers({ now, doNotFake: fakeable.filter((one) => !faked.includes(one)) });
  cleanUp(() => jest.useRealTimers());
}
