import type { SimulatorClock } from '../clock.ts';

/** Clients that wait for the end of work. What changes the end calls `wake`. */
export class Waiters {
  readonly #clock: SimulatorClock;
  #wakes: (() => void)[] = [];

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  wake(): void {
    for (const wake of this.#wakes) wake();
    this.#wakes = [];
  }

  /** Resolves when the end has passed, or when the client has gone. */
  async until(endsAt: () => number, gone: AbortSignal): Promise<void> {
    while (!gone.aborted && this.#clock.now() < endsAt()) {
      const changed = new Promise<void>((resolve) => {
        this.#wakes.push(resolve);
        gone.addEventListener('abort', () => resolve(), { once: true });
      });
      const left = endsAt() - this.#clock.now();
      // A virtual clock would never reach the end of work without an end, so this does not sleep until then.
      await (Number.isFinite(left) ? Promise.race([changed, this.#clock.sleep(left, gone)]) : changed);
    }
  }
}
