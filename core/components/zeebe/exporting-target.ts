import * as z from 'zod';
import { connectionSettings } from '../../connect/address.ts';

/** The addresses where exporting is paused, resumed and read back. */
export const exportingTarget = z.strictObject({
  url: z.string(),
  ...connectionSettings,
  /** The management addresses of the brokers; only `url` if they are not configured. */
  brokers: z.array(z.string()).min(1),
  /** The REST API, if it reported the state of exporting when the backup was prepared. */
  rest: z.strictObject({ url: z.string(), ...connectionSettings }).optional(),
  partitions: z.int(),
  /** True if the cluster showed all phases when the backup was prepared. Then a pause and a resume must be proven. */
  provable: z.boolean(),
  /** Set if the configuration allows a backup while exporting is already paused by something else. */
  mayBePausedBefore: z.literal(true).optional(),
});
export type ExportingTarget = z.infer<typeof exportingTarget>;
