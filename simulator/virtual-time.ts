/**
 * A clock on which a day of a backup passes in a second. Time stands still while any work runs in `busy`. When all work
 * has ended or waits in `sleep`, time jumps to the end of the earliest sleep.
 */
export class VirtualTime {
  #now: number;
  #busy = 0;
  #sleepers: { at: number; wake: () => void }[] = [];
  #jumpPlanned = false;

  constructor(start: number) {
    this.#now = start;
  }

  now = (): number => this.#now;

  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (milliseconds <= 0 || signal?.aborted) {
        resolve();
        return;
      }
      const sleeper = { at: this.#now + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => this.#wake(sleeper), { once: true });
      this.#planJump();
    });

  /** Does work, during which no time passes. */
  busy = async <T>(work: () => Promise<T>): Promise<T> => {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#planJump();
    }
  };

  #planJump(): void {
    if (this.#jumpPlanned) return;
    this.#jumpPlanned = true;
    // This delay gives the code that was just woken the chance to call `busy` or `sleep` first.
    setImmediate(() =>
      setImmediate(() => {
        this.#jumpPlanned = false;
        this.#jump();
      }),
    );
  }

  #jump(): void {
    const [next] = this.#sleepers.toSorted((a, b) => a.at - b.at);
    if (this.#busy > 0 || !next) return;
    this.#now = Math.max(this.#now, next.at);
    this.#wake(next);
    if (this.#sleepers.length > 0) this.#planJump();
  }

  #wake(sleeper: { wake: () => void }): void {
    this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
    sleeper.wake();
  }
}
