import * as z from 'zod';

/**
 * One thing that was noticed about a cluster when somebody looked at it: a preparation, which refuses by it or writes it
 * into the manifest, or a command that prints it.
 */
export const finding = z.strictObject({
  /** The check that has found it, as the configuration calls it (`partitions`), or what was looked at (`version`). */
  name: z.string(),
  /**
   * `error`: no backup is taken. `warning`: a backup is taken, and somebody should look at this. `unknown`: this could
   * not be seen, and a backup is taken all the same.
   */
  severity: z.enum(['error', 'warning', 'unknown']),
  /** Which part of the cluster it is about, as the configuration calls it: `zeebe`, `operate`, `search`, `records`. */
  subject: z.string(),
  /** A sentence: what was seen, where, and the server's own words. */
  says: z.string(),
  /** What to do about it, as imperative sentences. */
  remedy: z.string().optional(),
});
export type Finding = z.infer<typeof finding>;
