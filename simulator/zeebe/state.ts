import * as z from 'zod';
import type { StoredRecord } from './records.ts';

const instanceSchema = z.object({
  key: z.string(),
  /** The business id that the caller gave. */
  order: z.string(),
  state: z.enum(['ACTIVE', 'COMPLETED']),
  jobs: z.int().positive(),
  /** How many of its jobs are completed. */
  done: z.int().nonnegative(),
});

const jobSchema = z.object({
  key: z.string(),
  processInstanceKey: z.string(),
  order: z.string(),
  step: z.int().positive(),
  /** The instant until which a worker has the job; absent if none has it. */
  deadline: z.number().optional(),
});

/** An instance as the engine knows it. The real engine forgets the completed ones, which a test wants to compare. */
export type Instance = z.infer<typeof instanceSchema>;
export type Job = z.infer<typeof jobSchema>;

export const stateSchema = z.object({
  /** The position of the last record that is in the state. */
  position: z.int().nonnegative(),
  /** How many keys were given. */
  keys: z.int().nonnegative(),
  checkpoint: z.object({ id: z.int().nonnegative(), position: z.int().nonnegative() }),
  instances: z.array(instanceSchema),
  jobs: z.array(jobSchema),
});
/** A key is the partition in the upper 13 bits, and a counter in the lower 51. */
const COUNTER_BITS = 51n;

export const keyOf = (partition: number, counter: number): string =>
  String((BigInt(partition) << COUNTER_BITS) + BigInt(counter));

export const partitionOf = (key: string): number => Number(BigInt(key) >> COUNTER_BITS);

const counterOf = (key: string): number => Number(BigInt.asUintN(Number(COUNTER_BITS), BigInt(key)));

/** The state of one partition, which follows from its records alone. */
export class State {
  position = 0;
  keys = 0;
  checkpoint = { id: 0, position: 0 };
  readonly instances = new Map<string, Instance>();
  readonly jobs = new Map<string, Job>();

  constructor(data?: z.infer<typeof stateSchema>) {
    if (data === undefined) return;
    const { instances, jobs, ...rest } = data;
    Object.assign(this, rest);
    for (const instance of instances) this.instances.set(instance.key, instance);
    for (const job of jobs) this.jobs.set(job.key, job);
  }

  apply(record: StoredRecord): void {
    this.position = record.position;
    this.keys = Math.max(this.keys, counterOf(record.key));
    const { key } = record;
    switch (record.valueType) {
      case 'PROCESS_INSTANCE':
        if (record.intent === 'ELEMENT_ACTIVATED') {
          const { order, jobs } = record.value;
          this.instances.set(key, { key, order, state: 'ACTIVE', jobs, done: 0 });
        } else this.#change(key, (instance) => ({ ...instance, state: 'COMPLETED' }));
        break;
      case 'JOB': {
        const { processInstanceKey, order, step } = record.value;
        if (record.intent === 'COMPLETED') {
          this.jobs.delete(key);
          this.#change(processInstanceKey, (instance) => ({ ...instance, done: step }));
        } else this.jobs.set(key, { key, processInstanceKey, order, step });
        break;
      }
      case 'JOB_BATCH':
        for (const one of record.value.jobKeys) {
          const job = this.jobs.get(one);
          if (job) this.jobs.set(one, { ...job, deadline: record.value.deadline });
        }
        break;
      case 'CHECKPOINT':
        this.checkpoint = { id: record.value.checkpointId, position: record.value.checkpointPosition };
        break;
      case 'VARIABLE':
        break; // Only the applications show variables.
    }
  }

  #change(key: string, change: (instance: Instance) => Instance): void {
    const instance = this.instances.get(key);
    if (instance) this.instances.set(key, change(instance));
  }
}
