import * as z from 'zod';
import { realClock, type SimulatorClock } from '../clock.ts';
import { reasonOf } from '../http/reason.ts';
import { seeded } from './seeded.ts';

export interface LoadOptions {
  /** The application's port of the cluster. */
  url: string;
  /** How many process instances are created in a second, if the cluster answers so quickly. */
  rate: number;
  /** Instances and their work are the same for the same seed, as far as the cluster answers the same. Default 1. */
  seed?: number;
  clock?: SimulatorClock;
}

export interface Load {
  /** The keys of the instances whose creation was answered, by their orders. They must not be lost. */
  accepted(): ReadonlyMap<string, string>;
  /** The orders whose creation was not answered, so that nobody knows whether an instance exists. */
  unanswered(): ReadonlySet<string>;
  /** How many jobs were completed, by their answers. */
  completedJobs(): number;
  /** The calls that failed, each with the reason. */
  errors(): readonly string[];
  /** Resolves when the running calls have ended. */
  stop(): Promise<void>;
}

const WORKER = 'load';
/** A job that this worker does not complete is given to it again soon. */
const JOB_TIMEOUT_MS = 2000;
/** A call that a suspended broker does not answer must not hold up the load for long. */
const LONGEST_CALL_MS = 5000;
const MOST_JOBS = 3;
const JOBS_AT_ONCE = 8;
const DILIGENCE = 0.8;

const created = z.object({ processInstanceKey: z.string() });
const activated = z.object({ jobs: z.array(z.object({ jobKey: z.string() })) });

/**
 * Creates, advances and completes process instances until it is stopped, one call after another. A call that fails is
 * noted, and the load goes on.
 */
export function startLoad({ url, rate, seed = 1, clock = realClock }: LoadOptions): Load {
  const random = seeded(seed);
  const accepted = new Map<string, string>();
  const unanswered = new Set<string>();
  const errors: string[] = [];
  const stopping = new AbortController();
  let completedJobs = 0;
  let orders = 0;

  async function post(path: string, body: unknown): Promise<Response> {
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LONGEST_CALL_MS),
    });
  }

  async function create(): Promise<void> {
    orders += 1;
    const order = `order-${seed}-${orders}`;
    const variables = { order, jobs: 1 + Math.floor(random() * MOST_JOBS) };
    // Until there is an answer, the instance may exist.
    unanswered.add(order);
    const answer = await post('/v2/process-instances', { processDefinitionId: 'order', variables });
    const text = await answer.text();
    // After a server's error, too, the instance may exist.
    if (!answer.ok) throw new Error(`the creation of ${order} was answered by ${answer.status}: ${text}`);
    accepted.set(order, created.parse(JSON.parse(text)).processInstanceKey);
    unanswered.delete(order);
  }

  async function work(): Promise<void> {
    const answer = await post('/v2/jobs/activation', {
      type: 'work',
      worker: WORKER,
      timeout: JOB_TIMEOUT_MS,
      maxJobsToActivate: JOBS_AT_ONCE,
      // It answers at once, even if there is no job.
      requestTimeout: -1,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the activation of jobs was answered by ${answer.status}: ${text}`);
    for (const { jobKey } of activated.parse(JSON.parse(text)).jobs) {
      if (random() > DILIGENCE) continue;
      const { status } = await post(`/v2/jobs/${jobKey}/completion`, {});
      // 404: the job was completed by a call whose answer was lost.
      if (status === 204) completedJobs += 1;
      else if (status !== 404) throw new Error(`the completion of ${jobKey} was answered by ${status}`);
    }
  }

  async function run(): Promise<void> {
    const isStopped = () => stopping.signal.aborted;
    for (let next = clock.now(); !isStopped(); next = Math.max(next + 1000 / rate, clock.now())) {
      await clock.sleep(Math.max(0, next - clock.now()), stopping.signal);
      for (const step of [create, work]) {
        if (isStopped()) return;
        await step().catch((error: unknown) => errors.push(reasonOf(error)));
      }
    }
  }

  const running = run();
  return {
    accepted: () => accepted,
    unanswered: () => unanswered,
    completedJobs: () => completedJobs,
    errors: () => errors,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
