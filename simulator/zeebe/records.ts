import * as z from 'zod';

/** Decimal digits, because keys of 64 bits do not fit into a number. */
const key = z.string().regex(/^\d+$/);

const common = { partition: z.int().positive(), position: z.int().positive(), key, timestamp: z.number() };

/** `order` is the business id that the caller gave. In a real record only the variable of this name has it. */
const ofInstance = { processInstanceKey: key, order: z.string() };

const processInstance = z.object({
  ...common,
  valueType: z.literal('PROCESS_INSTANCE'),
  intent: z.enum(['ELEMENT_ACTIVATED', 'ELEMENT_COMPLETED']),
  value: z.object({
    ...ofInstance,
    bpmnProcessId: z.string(),
    elementId: z.string(),
    bpmnElementType: z.literal('PROCESS'),
    /** How many jobs the instance has, one after another, which in the real engine the process says. */
    jobs: z.int().positive(),
  }),
});

const job = z.object({
  ...common,
  valueType: z.literal('JOB'),
  intent: z.enum(['CREATED', 'COMPLETED', 'TIMED_OUT']),
  /** The first job of an instance has the step 1 and the element `task-1`. */
  value: z.object({ ...ofInstance, type: z.string(), elementId: z.string(), step: z.int().positive() }),
});

const jobBatch = z.object({
  ...common,
  valueType: z.literal('JOB_BATCH'),
  intent: z.literal('ACTIVATED'),
  value: z.object({ worker: z.string(), jobKeys: z.array(key), deadline: z.number() }),
});

const variable = z.object({
  ...common,
  valueType: z.literal('VARIABLE'),
  intent: z.literal('CREATED'),
  /** The variable's value is JSON, so a text is in quotes. */
  value: z.object({ ...ofInstance, scopeKey: key, name: z.string(), value: z.string() }),
});

const checkpoint = z.object({
  ...common,
  valueType: z.literal('CHECKPOINT'),
  intent: z.literal('CREATED'),
  value: z.object({ checkpointId: z.int().positive(), checkpointPosition: z.int().positive() }),
});

const all = [processInstance, job, jobBatch, variable, checkpoint] as const;
export const recordSchema = z.discriminatedUnion('valueType', all);

/** A record of a partition's log. The exporters get three of the value types. */
export type StoredRecord = z.infer<typeof recordSchema>;

type Content<R> = R extends StoredRecord ? Omit<R, 'partition' | 'position' | 'timestamp'> : never;

/** A record before the log gives it a position. */
export type NewRecord = Content<StoredRecord>;
