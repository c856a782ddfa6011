import * as z from 'zod';

/**
 * One observation about a cluster. PrepareBackup refuses a backup because of it or records it; commands print it.
 */
export const finding = z.strictObject({
  /** The check that made it, by its name in the configuration (`partitions`), or another subject (`version`). */
  name: z.string(),
  /**
   * `error`: no backup is taken. `warning`: a backup is taken, and a person should look at this. `unknown`: this could
   * not be read, and a backup is taken anyway.
   */
  severity: z.enum(['error', 'warning', 'unknown']),
  /** The part of the cluster, by its name in the configuration: `zeebe`, `operate`, `search`, `records`. */
  subject: z.string(),
  /** The observation as a sentence, with the address and the server's own words. */
  says: z.string(),
  /** The instructions for the reader, as imperative sentences. */
  remedy: z.string().optional(),
});
export type Finding = z.infer<typeof finding>;
