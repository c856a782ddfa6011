import * as z from 'zod';
import { alert } from '../alert.ts';

/** An alert that could not be delivered yet, and its run. */
const untoldAlert = z.strictObject({
  runId: z.string(),
  backupId: z.int().positive().optional(),
  alert,
  /** True if the failure is counted and the monitor is called. */
  counted: z.boolean().optional(),
});
export type UntoldAlert = z.infer<typeof untoldAlert>;

/**
 * The watchdog's memory of a cluster between two sweeps. It prevents the watchdog from repeating an alert every five
 * minutes, and keeps alerts that could not be delivered.
 */
export const watchMemory = z.strictObject({
  /** When the watchdog first saw the cluster. It counts as the age if there is no completed backup yet. */
  watchedSince: z.iso.datetime(),
  toldOfAgeAt: z.iso.datetime().optional(),
  /** When exporting was first seen paused without a lock that explains the pause. */
  unexplainedPauseSince: z.iso.datetime().optional(),
  toldOfPauseAt: z.iso.datetime().optional(),
  /** The last alert about a lock that waits for its own command: the run of the lock, and the moment. */
  toldOfWaiting: z.strictObject({ runId: z.string(), at: z.iso.datetime() }).optional(),
  /** The `requestedAt` of the long pause that was reported. */
  toldOfLongPause: z.iso.datetime().optional(),
  /** The last alert about a pause of a run that is not ended from here. */
  toldOfOverlongPauseAt: z.iso.datetime().optional(),
  /** The end of the newest run that ended badly and was considered. */
  seenRunsUntil: z.iso.datetime().optional(),
  /** Since when every look has failed, and when people were told. */
  failing: z.strictObject({ since: z.iso.datetime(), toldAt: z.iso.datetime().optional() }).optional(),
  /** Since when subscriptions to the alerts wait for their confirmation, and which lost ones people were told of. */
  subscriptions: z
    .strictObject({ pendingSince: z.iso.datetime().optional(), told: z.string().optional() })
    .optional(),
  /** The last runs that people were told of. */
  toldOfRuns: z.array(z.string()).optional(),
  /** Each alert is written before its action and removed after its delivery. There is at most one for each run. */
  untold: z.array(untoldAlert).optional(),
});
export type WatchMemory = z.infer<typeof watchMemory>;
