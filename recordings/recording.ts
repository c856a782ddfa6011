import * as z from 'zod';

/** What every recording says of itself. */
const head = { server: z.string().regex(/^\S+ \d+\.\d+\.\d+$/), recordedOn: z.iso.date() };

const exchange = z.strictObject({
  /** Ours, and the only one of this name in its file; everything else is as it was sent. */
  title: z.string().min(1),
  /** Not known of a few that stand for themselves. */
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

/** What a real server was asked, and what it answered, in this order. */
export const exchanges = z.strictObject({ ...head, exchanges: z.array(exchange).min(1) });

/** The history of an execution of statemachine/backup.asl.json. */
const history = z.strictObject({
  ...head,
  executionArn: z.string(),
  events: z.array(z.looseObject({ id: z.int(), type: z.string(), timestamp: z.iso.datetime() })).min(1),
});

/** Every file of this folder is one of these. */
export const recording = z.union([exchanges, history]);
