import * as z from 'zod';

/** Decimal digits, because keys of 64 bits do not fit into a number. */
const key = z.string().regex(/^\d+$/);

const common = {
  partition: z.int().positive(),
  /** Grows by one from record to record of a partition. */
  position: z.int().positive(),
  key,
  /** Milliseconds since 1970. */
  timestamp: z.number(),
};

/** `order` is the business id that the caller gave. Only its variable has it in a real record. */
const ofInstance = { processInstanceKey: key, order: z.string() };

const processInstance = z.object({
  ...common,
  valueType: z.literal('PROCESS_INSTANCE'),
  intent: z.enum(['ELEMENT_ACTIVATED', 'ELEMENT_COMPLETED']),
  value: z.object({
    bpmnProcessId: z.string(),
    elementId: z.string(),
    bpmnElementType: z.literal('PROCESS'),
    ...ofInstance,
    /** How many jobs the instance has, one after another. A real record has no such field: the process says it. */
    jobs: z.int().positive(),
  }),
});

const job = z.object({
  ...common,
  valueType: z.literal('JOB'),
  intent: z.enum(['CREATED', 'COMPLETED', 'TIMED_OUT']),
  value: z.object({
    ...ofInstance,
    bpmnProcessId: z.string(),
    type: z.string(),
    /** `task-1` for the first job of an instance. */
    elementId: z.string(),
    /** 1 for the first job of an instance. */
    step: z.int().positive(),
  }),
});

const jobBatch = z.object({
  ...common,
  valueType: z.literal('JOB_BATCH'),
  intent: z.literal('ACTIVATED'),
  value: z.object({
    worker: z.string(),
    jobKeys: z.array(key),
    /** Milliseconds since 1970. */ deadline: z.number(),
  }),
});

const variable = z.object({
  ...common,
  valueType: z.literal('VARIABLE'),
  intent: z.literal('CREATED'),
  value: z.object({
    ...ofInstance,
    scopeKey: key,
    name: z.string(),
    /** JSON, so a text is in quotes. */
    value: z.string(),
  }),
});

const checkpoint = z.object({
  ...common,
  valueType: z.literal('CHECKPOINT'),
  intent: z.literal('CREATED'),
  value: z.object({ checkpointId: z.int().positive(), checkpointPosition: z.int().positive() }),
});

export const recordSchema = z.discriminatedUnion('valueType', [
  processInstance,
  job,
  jobBatch,
  variable,
  checkpoint,
]);

/** A record of a partition's log. The exporters get three of the value types. */
export type StoredRecord = z.infer<typeof recordSchema>;

type Content<R> = R extends StoredRecord ? Omit<R, 'partition' | 'position' | 'timestamp'> : never;

/** A record before the log gives it a position. */
export type NewRecord = Content<StoredRecord>;
