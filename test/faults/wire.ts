import type { SearchEngine } from '../../core/components/search/engine.ts';
import { intercept } from '../../core/components/search/intercept.ts';
import { type Http, http as send } from '../../core/connect/http.ts';
import { BackupError } from '../../core/errors.ts';
import type { Operation, Simulator, SimulatorOptions } from '../../simulator/index.ts';
import type { VirtualTime } from '../../simulator/virtual-time.ts';

/**
 * Real calls over real HTTP, on a clock that stands still while they are at work. Where a server waits (a slow
 * answer) or is silent, the clock goes on instead, and whoever asked gives up after its time-out on that clock.
 */
export class Wire {
  readonly #time: VirtualTime;
  /** One for each call that is at work; time stands still while there is one. */
  readonly #atWork: (() => void)[] = [];
  #pending = 0;
  #polling = false;
  #silentSeen = 0;
  /** Servers that wait before they answer, and those of them whose client has given up. */
  #waiting = 0;
  #leftAlone = 0;
  simulator: Simulator | undefined;
  /** The operations that may be met with silence in this case. */
  readonly silent = new Set<Operation>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** For the simulator: while it waits, nobody is at work. */
  clock: NonNullable<SimulatorOptions['clock']> = {
    now: () => this.#time.now(),
    sleep: async (ms, signal) => {
      this.#rest();
      this.#waiting += 1;
      await this.#time.sleep(ms, signal);
      this.#waiting -= 1;
      if (this.#leftAlone === 0) this.#work();
      else this.#leftAlone -= 1;
    },
  };

  /** Does `work`, a call to a server, unless it takes more than `seconds` on the virtual clock. */
  async exchange<T>(
    work: (signal: AbortSignal) => Promise<T>,
    seconds: number,
    late: () => Error,
  ): Promise<T> {
    const giveUp = new AbortController();
    const over = new AbortController();
    this.#work();
    this.#pending += 1;
    this.#poll();
    const tooLate = this.#time.sleep(seconds * 1000, over.signal).then(() => 'late' as const);
    const done = work(giveUp.signal).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const first = await Promise.race([done, tooLate]);
    this.#pending -= 1;
    if (first === 'late') {
      if (this.#waiting > this.#leftAlone) this.#leftAlone += 1;
      giveUp.abort();
      // The server notices before the time goes on.
      await this.#time.busy(() => new Promise<void>((resolve) => void setTimeout(resolve, 2)));
      throw late();
    }
    over.abort('over');
    this.#rest();
    if ('error' in first) throw first.error;
    return first.value;
  }

  http: Http = ({ timeoutSeconds = 30, ...request }) =>
    this.exchange(
      (signal) => send({ ...request, signal }),
      timeoutSeconds,
      () =>
        new BackupError(
          'Unreachable',
          `${request.method} ${request.url} failed: no answer within ${timeoutSeconds} s`,
        ),
    );

  /** The client's own time-out is as long, but on the real clock. */
  engine(engine: SearchEngine): SearchEngine {
    let isStuck = false;
    const call = <T>(work: () => Promise<T>) =>
      this.exchange(work, 30, () => {
        isStuck = true;
        return new BackupError('Unreachable', 'The search engine did not answer within 30 s');
      });
    return {
      ...intercept(engine, (_, ask) => call(ask)),
      // It waits for calls that are still out, which on the real clock is long.
      close: async () => {
        const closed = engine.close().catch(() => undefined);
        if (!isStuck) await this.#time.busy(() => closed);
      },
    };
  }

  #work(): void {
    let done = () => {};
    this.#time
      .busy(
        () =>
          new Promise<void>((resolve) => {
            done = resolve;
          }),
      )
      .catch(() => undefined);
    this.#atWork.push(done);
  }

  #rest(): void {
    this.#atWork.pop()?.();
  }

  /**
   * A call that the simulator has written down and not answered is silence: all that it does beside waiting is done
   * before the next turn of the event loop.
   */
  #poll(): void {
    if (this.#polling || this.silent.size === 0) return;
    this.#polling = true;
    setTimeout(() => {
      this.#polling = false;
      const silent = (this.simulator?.calls() ?? []).filter(
        ({ status, operation }) => status === 0 && operation !== 'unknown' && this.silent.has(operation),
      ).length;
      for (; this.#silentSeen < silent; this.#silentSeen += 1) this.#rest();
      if (this.#pending > 0) this.#poll();
    }, 1);
  }
}
