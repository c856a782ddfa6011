import * as z from 'zod';

/** The fields that every recording has. */
const head = { server: z.string().regex(/^\S+ \d+\.\d+\.\d+$/), recordedOn: z.iso.date() };

const exchange = z.strictObject({
  /** Our name for the exchange, unique in its file. Everything else is recorded as it was sent. */
  title: z.string().min(1),
  /** The instant of the request; undefined for a few exchanges whose instant is not known. */
  at: z.iso.datetime().optional(),
  tookMs: z.int().optional(),
  request: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
    path: z.string().startsWith('/'),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
  }),
  response: z.strictObject({
    status: z.int(),
    contentType: z.string().nullable(),
    body: z.string(),
  }),
});

/** Requests to a real server and its answers, in the order in which they happened. */
export const exchanges = z.strictObject({ ...head, exchanges: z.array(exchange).min(1) });

/** The history of an execution of statemachine/backup.asl.json. */
const history = z.strictObject({
  ...head,
  executionArn: z.string(),
  events: z.array(z.looseObject({ id: z.int(), type: z.string(), timestamp: z.iso.datetime() })).min(1),
});

/** The content of any file in this folder. */
export const recording = z.union([exchanges, history]);
