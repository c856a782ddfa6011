import * as z from 'zod';

/** What the watchdog remembers of a cluster, so that it does not repeat itself every five minutes. */
export const watchMemory = z.strictObject({
  /** Since when the cluster is watched: counts where there is no completed backup yet. */
  watchedSince: z.iso.datetime(),
  toldOfAgeAt: z.iso.datetime().optional(),
  /** When exporting was first seen paused without a lock that explains it. */
  unexplainedPauseSince: z.iso.datetime().optional(),
  toldOfPauseAt: z.iso.datetime().optional(),
});
export type WatchMemory = z.infer<typeof watchMemory>;
