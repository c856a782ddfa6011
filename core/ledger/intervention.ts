import * as z from 'zod';
import { owner, proof } from './lock/lock.ts';

/** What a person made this tool do that no run does by itself; so that those who wonder later can ask that person. */
export const intervention = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  /** Names the document. */
  id: z.string(),
  what: z.literal('RESUMED_UNEXPLAINED_PAUSE'),
  /** Written before the deed, at this moment. */
  at: z.iso.datetime(),
  by: owner,
  /** The user of that process, where the host names it. */
  user: z.string().optional(),
  /** What was seen paused, as sentences. */
  paused: z.array(z.string()),
  /** Absent where it did not work, or nobody knows. */
  resumedAt: z.iso.datetime().optional(),
  resumeProof: proof.optional(),
});
export type Intervention = z.infer<typeof intervention>;
