import type { SearchEngine } from '../../core/components/search/engine.ts';
import { intercept } from '../../core/components/search/intercept.ts';
import { type Http, http as send } from '../../core/connect/http.ts';
import { BackupError } from '../../core/errors.ts';
import type { Operation, Simulator, SimulatorOptions } from '../../simulator/index.ts';
import type { VirtualTime } from '../../simulator/virtual-time.ts';

/**
 * Makes real calls over real HTTP, on a clock that stands still while they are at work. While a server waits before a
 * slow answer, or is silent, the clock goes on, and the caller gives up after its time-out on that clock.
 */
export class Wire {
  readonly #time: VirtualTime;
  /** One entry for each call at work. The clock stands still while there is one. */
  readonly #atWork: (() => void)[] = [];
  #pending = 0;
  #polling = false;
  #silentSeen = 0;
  /** The number of servers that wait before they answer, and of those whose client has given up. */
  #waiting = 0;
  #leftAlone = 0;
  simulator: Simulator | undefined;
  /** The operations that may get no answer in this case. */
  readonly silent = new Set<Operation>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** The clock of the simulator. While the simulator waits, no call counts as at work. */
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

  /** Does `work`, which is a call to a server, and gives up after `seconds` on the virtual clock. */
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
      // The server must notice the end of the call before the clock goes on.
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

  /** The client's own time-out has the same length, but runs on the real clock. */
  engine(engine: SearchEngine): SearchEngine {
    let open = 0;
    const call = async <T>(work: () => Promise<T>) => {
      open += 1;
      const answered = () => {
        open -= 1;
      };
      return this.exchange(
        () => {
          const asked = work();
          asked.then(answered, answered);
          return asked;
        },
        30,
        () => new BackupError('Unreachable', 'The search engine did not answer within 30 s'),
      );
    };
    return {
      ...intercept(engine, (_, ask) => call(ask)),
      // Closing waits for open calls: while the server of one waits, the clock has to go on.
      close: async () => {
        const closed = engine.close().catch(() => undefined);
        await (open > 0 ? closed : this.#time.busy(() => closed));
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
   * Counts a call that the simulator has recorded and not answered as silence. The simulator does everything except
   * waiting before the next turn of the event loop.
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
