import * as z from 'zod';
import { managed } from '../managed.ts';

export const zeebeTarget = z.strictObject({
  kind: z.literal('zeebe'),
  component: z.enum(['zeebe']),
  ...managed,
  partitions: z.int().optional(),
});
export type ZeebeTarget = z.infer<typeof zeebeTarget>;
