import * as z from 'zod';
import { startExecution } from '../../cli/local/engine.ts';
import type { Observation } from '../../cli/screen/observation.ts';
import type { ComponentName } from '../../simulator/index.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { Attempts, noRealWaiting, secondsBeforeTheNextTry, taskNamed } from './machine.ts';
import { Actor, type World } from './world.ts';

const waited = z.object({ progress: z.object({ nextCheckAt: z.string() }) });
const triedAgain = z.object({ request: z.object({ attempt: z.int().min(2) }) });
const ofComponent = z.object({ target: z.object({ component: z.custom<ComponentName>() }) });

/** A state that is about to do its work, or has done it. */
export interface Visit {
  state: string;
  /** The component whose backup it is; only inside a Map. */
  component: ComponentName | undefined;
}

export type Ended = {
  status: 'SUCCEEDED' | 'FAILED' | 'INTERRUPTED' | 'DIED';
  error?: string;
  output?: unknown;
};

export interface Hooks {
  called?: (visit: Visit, run: Run) => void;
  answered?: (visit: Visit, run: Run) => void;
  threw?: (visit: Visit, run: Run) => void;
  /** Replaces the answer of a state. `call` calls its function again with the same input. */
  twice?: <T>(visit: Visit, first: Promise<T>, call: () => Promise<T>, run: Run) => Promise<T>;
}

const over = new Error('The execution is over');
let runs = 0;

/** One execution of the state machine against a world. Its waits pass on the world's clock. */
export class Run {
  readonly world: World;
  readonly actor: Actor;
  readonly runId: string;
  readonly ended: Promise<Ended>;
  readonly #hooks: Hooks;
  readonly #attempts = new Attempts();
  readonly #stop: () => void;
  #die: () => void = () => {};
  /** True after the execution, when no function is called any more. */
  #gone = false;
  #asGhost = false;
  #lastCalled: Visit = { state: '', component: undefined };
  /** Counts the states outside the Maps. When one of them begins, every branch of an earlier Map is over. */
  #phase = 0;

  constructor(world: World, hooks: Hooks = {}) {
    runs += 1;
    this.world = world;
    this.actor = new Actor(world);
    this.runId = `arn:aws:states:eu-central-1:111122223333:execution:camunda-backup:run-${runs}`;
    this.actor.runId = this.runId;
    this.#hooks = hooks;
    const died = new Promise<Ended>((resolve) => {
      this.#die = () => resolve({ status: 'DIED' });
    });
    let stopEngine = () => {};
    this.#stop = () => stopEngine();
    // On AWS, an execution exists before its first function is called.
    world.running.set(this.runId, { stop: () => this.stop() });
    const running = startExecution({
      procedure: backup,
      context: this.actor.context,
      runId: this.runId,
      input: { cluster: 'cluster', reason: 'faults' },
      observe: (seen) => this.#observe(seen),
      around: (input, call) => this.#around(input, call),
      ...noRealWaiting,
    });
    stopEngine = () => void running.stop().catch(() => undefined);
    const result = running.result.then((outcome): Ended => {
      if (outcome.status === 'FAILED') return { status: 'FAILED', error: outcome.error };
      return outcome.status === 'SUCCEEDED' ? outcome : { status: 'INTERRUPTED' };
    });
    this.ended = Promise.race([result, died]).finally(() => {
      this.#gone = true;
      world.running.delete(this.runId);
    });
  }

  /** Stops the execution. The function at work goes on to its end, and no other follows. */
  stop(): void {
    this.#gone = true;
    this.world.running.delete(this.runId);
    this.#stop();
  }

  /** Kills the process in the middle of its work. */
  kill(): void {
    this.actor.dead = true;
    this.stop();
    this.#die();
  }

  /** Calls a function late, as a duplicate delivery after the end would. */
  ghost<T>(call: () => Promise<T>): Promise<T> {
    this.#asGhost = true;
    const work = call();
    this.#asGhost = false;
    return work;
  }

  #observe(seen: Observation): void {
    const component = ofComponent.safeParse(seen.input).data?.target.component;
    const visit = { state: seen.state, component };
    if (seen.type === 'called') {
      if (this.#asGhost) return;
      this.#lastCalled = visit;
      if (!taskNamed(seen.state).inMap) this.#phase += 1;
      this.#hooks.called?.(visit, this);
    } else if (seen.type === 'answered') {
      this.#hooks.answered?.(visit, this);
    } else {
      this.#hooks.threw?.(visit, this);
    }
  }

  async #around<T>(input: unknown, call: () => Promise<T>): Promise<T> {
    const { time } = this.world;
    const next = waited.safeParse(input).data?.progress.nextCheckAt;
    const phase = this.#phase;
    if (next) {
      await time.sleep(Date.parse(next) - time.now());
      if (phase !== this.#phase) throw over;
    }
    if (triedAgain.safeParse(input).success) await time.sleep(secondsBeforeTheNextTry * 1000);
    if (this.#gone) throw over;
    const work = call();
    // The call begins at once, and its end is observed.
    const visit = this.#lastCalled;
    const { TimeoutSeconds, inMap } = taskNamed(visit.state);
    const during = this.#phase;
    const key = `${visit.state} ${JSON.stringify(input)}`;
    const done = new AbortController();
    const late = time.sleep(TimeoutSeconds * 1000, done.signal).then((): T => {
      if (done.signal.aborted) throw over;
      const error = new Error(`${visit.state} did not answer within ${TimeoutSeconds} s`);
      error.name = 'States.Timeout';
      throw error;
    });
    late.catch(() => undefined);
    work.catch(() => undefined);
    const { twice } = this.#hooks;
    const answer = twice ? twice(visit, work, call, this) : work;
    answer.catch(() => undefined);
    try {
      const output = await Promise.race([answer, late]);
      this.#attempts.forget(key);
      return output;
    } catch (error) {
      if (this.#gone) throw over;
      const seconds = this.#attempts.next(key, visit.state, error instanceof Error ? error.name : '');
      if (seconds !== undefined) {
        await time.sleep(Math.round(seconds * 1000));
        if (this.#gone || (inMap && during !== this.#phase)) throw over;
      }
      throw error;
    } finally {
      // Without a reason, each abort would create an error with its stack, which is slow.
      done.abort(over);
    }
  }
}
