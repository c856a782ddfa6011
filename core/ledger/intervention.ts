import * as z from 'zod';
import { owner, proof } from './lock/lock.ts';

/** The record of an action that a person requested and that no run does by itself. It says later who requested it. */
export const intervention = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  /** The name of the document. */
  id: z.string(),
  what: z.literal('RESUMED_UNEXPLAINED_PAUSE'),
  /** The moment of the record, which is written before the action. */
  at: z.iso.datetime(),
  by: owner,
  /** The user of that process, if the host names it. */
  user: z.string().optional(),
  /** The paused replicas, as sentences. */
  paused: z.array(z.string()),
  /** Absent if the resume failed or its result is not known. */
  resumedAt: z.iso.datetime().optional(),
  resumeProof: proof.optional(),
});
export type Intervention = z.infer<typeof intervention>;
