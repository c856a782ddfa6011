import * as z from 'zod';
import { connectionSettings } from '../../connect/address.ts';

/** Where exporting is paused and resumed, and read back. */
export const exportingTarget = z.strictObject({
  url: z.string(),
  ...connectionSettings,
  /** Management addresses of the brokers; the one address above where they are not configured. */
  brokers: z.array(z.string()).min(1),
  /** The REST API, where it said what exporting does when the backup was prepared. */
  rest: z.strictObject({ url: z.string(), ...connectionSettings }).optional(),
  partitions: z.int(),
  /** One of them showed all phases when the backup was prepared: so they are asked until one does again. */
  provable: z.boolean(),
  /** The configuration allows to back up although somebody else had paused already. */
  mayBePausedBefore: z.literal(true).optional(),
});
export type ExportingTarget = z.infer<typeof exportingTarget>;
