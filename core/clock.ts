/** The time, passed in so that tests control it. All instants are milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Resolves after `milliseconds`, or as soon as `signal` is aborted (without throwing). */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      signal?.addEventListener('abort', wake, { once: true });
    }),
};

/** The clocks of two machines may differ by this much. */
const skewSeconds = 300;

/** True if an instant lies ahead of now by more than the clocks may differ. Then one of the clocks is or was wrong. */
export function isAhead(instant: string, clock: Pick<Clock, 'now'>): boolean {
  return Date.parse(instant) - clock.now() > skewSeconds * 1000;
}

/** True if one instant was certainly before another, even if they come from two machines whose clocks differ. */
export function isBefore(instant: string, other: string): boolean {
  return Date.parse(other) - Date.parse(instant) > skewSeconds * 1000;
}

export function nowIso({ clock }: { clock: Pick<Clock, 'now'> }): string {
  return new Date(clock.now()).toISOString();
}

export function secondsSince(instant: string, { clock }: { clock: Pick<Clock, 'now'> }): number {
  return (clock.now() - Date.parse(instant)) / 1000;
}

/** The seconds from one moment to another; undefined if one is missing, or if a clock was set back. */
export function secondsBetween(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return seconds < 0 ? undefined : seconds;
}
