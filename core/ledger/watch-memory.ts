import * as z from 'zod';
import { alert } from '../alert.ts';

/** An alert that people have not been told yet, and the run that it is about. */
const untoldAlert = z.strictObject({
  runId: z.string(),
  backupId: z.int().positive().optional(),
  alert,
  /** The failure is counted, and the monitor called. */
  counted: z.boolean().optional(),
});
export type UntoldAlert = z.infer<typeof untoldAlert>;

/**
 * What is remembered of a cluster from one look of the watchdog to the next: so that it does not repeat itself every
 * five minutes, and so that nothing is lost that could not be told.
 */
export const watchMemory = z.strictObject({
  /** Since when the cluster is watched: counts where there is no completed backup yet. */
  watchedSince: z.iso.datetime(),
  toldOfAgeAt: z.iso.datetime().optional(),
  /** When exporting was first seen paused without a lock that explains it. */
  unexplainedPauseSince: z.iso.datetime().optional(),
  toldOfPauseAt: z.iso.datetime().optional(),
  /** When people were told last of a lock that waits for its own command, and whose lock that is. */
  toldOfWaiting: z.strictObject({ runId: z.string(), at: z.iso.datetime() }).optional(),
  /** The `requestedAt` of the long pause that people were told of. */
  toldOfLongPause: z.iso.datetime().optional(),
  /** Written before what it tells of is done, removed when people are told. At most one of each run. */
  untold: z.array(untoldAlert).optional(),
});
export type WatchMemory = z.infer<typeof watchMemory>;
