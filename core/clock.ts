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

/** The clocks of two machines may differ by so much. */
const skewSeconds = 300;

/** True where an instant lies ahead of now by more than clocks differ: one of them is, or was, wrong. */
export function isAhead(instant: string, clock: Pick<Clock, 'now'>): boolean {
  return Date.parse(instant) - clock.now() > skewSeconds * 1000;
}

/** True where one instant was before another, also if the clocks of their machines differ. */
export function isBefore(instant: string, other: string): boolean {
  return Date.parse(other) - Date.parse(instant) > skewSeconds * 1000;
}

export function nowIso({ clock }: { clock: Clock }): string {
  return new Date(clock.now()).toISOString();
}

export function secondsSince(instant: string, { clock }: { clock: Clock }): number {
  return (clock.now() - Date.parse(instant)) / 1000;
}
