import * as z from 'zod';
import { managed } from '../managed.ts';

export const applicationTarget = z.strictObject({
  kind: z.literal('application'),
  component: z.enum(['webApplications', 'operate', 'tasklist', 'optimize']),
  ...managed,
});
export type ApplicationTarget = z.infer<typeof applicationTarget>;
export const applicationNames = applicationTarget.shape.component.options;
