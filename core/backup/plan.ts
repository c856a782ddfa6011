import * as z from 'zod';
import { applicationTarget } from '../components/applications/target.ts';
import { recordsTarget } from '../components/records/target.ts';
import { withOrWithoutKind } from '../components/target.ts';
import { exportingTarget } from '../components/zeebe/exporting-target.ts';
import { zeebeTarget } from '../components/zeebe/target.ts';
import { run } from '../ledger/run.ts';
import { limits, progress } from './progress.ts';

/**
 * The plan of one backup: plain JSON, made by PrepareBackup, carried through the execution, no secret in it.
 * Everything that was decided at the start (addresses, endpoints, order) stays as it was decided then.
 */

export const plan = z.strictObject({
  outcome: z.literal('PLANNED'),
  run,
  reason: z.string(),
  scheduledTime: z.string().optional(),
  /** Which try this is, and how many there may be. */
  attempt: z.int().positive(),
  attempts: z.int().positive(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  exporting: exportingTarget,
  applications: z.array(withOrWithoutKind(applicationTarget)),
  /** One, or none. */
  records: z.array(withOrWithoutKind(recordsTarget)).max(1),
  /** Always one; a list because all three are backed up by the same kind of state. */
  zeebe: z.array(withOrWithoutKind(zeebeTarget)).length(1),
  limits,
});
export type Plan = z.infer<typeof plan>;

/** One component's backup: what its Start, Wait and Check states hand to each other. */
export const task = <Target extends z.ZodType>(target: Target) => z.strictObject({ run, target, limits });
export const runningTask = <Target extends z.ZodType>(target: Target) =>
  z.strictObject({ run, target, limits, progress });
