import * as z from 'zod';
import { targetIn } from '../components/target.ts';
import { exportingTarget } from '../components/zeebe/exporting-target.ts';
import { run } from '../ledger/run.ts';
import { limits, progress } from './progress.ts';

/**
 * The plan of one backup, as plain JSON. PrepareBackup makes it, and the execution carries it from state to state. It
 * contains no secret. Decisions from the start (addresses, endpoints, order) do not change later.
 */

export const plan = z.strictObject({
  outcome: z.literal('PLANNED'),
  run,
  reason: z.string(),
  scheduledTime: z.string().optional(),
  /** The number of this try, and the allowed number of tries. */
  attempt: z.int().positive(),
  attempts: z.int().positive(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  exporting: exportingTarget,
  /** One list for each stage. The state machine reads them by these names. */
  applications: z.array(targetIn('applications')),
  records: z.array(targetIn('records')),
  /** Always one target, Zeebe. It is a list, because the same kind of state handles every list. */
  zeebe: z.array(targetIn('zeebe')).length(1),
  limits,
});
export type Plan = z.infer<typeof plan>;

/** The input of a component's states: `task` for its Start, `runningTask` for its Wait and Check. */
export const task = <Target extends z.ZodType>(target: Target) => z.strictObject({ run, target, limits });
export const runningTask = <Target extends z.ZodType>(target: Target) =>
  z.strictObject({ run, target, limits, progress });
