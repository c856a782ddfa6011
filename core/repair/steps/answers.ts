import * as z from 'zod';
import { exportingSeen } from '../../checks/exporting-seen.ts';
import { componentNames } from '../../components/kinds.ts';
import type { BackupError } from '../../errors.ts';
import { proof } from '../../ledger/lock/lock.ts';
import { failure } from '../../ledger/manifest.ts';

/*
 * The answers of the steps of a repair. A step is done here or by a function of a stack, so its answer is plain JSON,
 * whose unknown fields are ignored.
 */

/** An error that a step met, and went on or ended with. */
const problem = z.object(failure.shape);
export type Problem = z.infer<typeof problem>;

export function problemOf({ name, message, remedy }: BackupError): Problem {
  return { error: name, message, ...(remedy ? { remedy } : {}) };
}

/** Every answer has sentences about what was done or seen, and the problems that a person must know. */
const told = { says: z.array(z.string()), problems: z.array(problem) };

export const lockAnswer = z.object({
  ...told,
  /** `left`: the lock stays. `repairable`, `freeable`: this was a dry run. The last two of a lock that cannot be read. */
  outcome: z.enum(['none', 'repaired', 'repairable', 'left', 'freed', 'freeable']),
  /** null if there is no lock. */
  lock: z
    .object({
      repaired: z.boolean(),
      runId: z.string().nullable(),
      owner: z.string().nullable(),
      backupId: z.number().nullable(),
      /** `unknown` means that exporting may be paused. */
      exporting: z.enum(['not-paused', 'answered', 'proven', 'unknown']),
      /** The location of the copy, if the lock could not be read and was freed. */
      copy: z.string().nullable(),
    })
    .nullable(),
  /** Set if exporting may still be paused and nobody ends that: the call to make by hand. */
  byHand: z.string().optional(),
});
export type LockAnswer = z.infer<typeof lockAnswer>;

export const orphansAnswer = z.object({
  ...told,
  /** The manifests that were RUNNING without a run. */
  orphans: z.array(z.object({ backupId: z.number(), runId: z.string(), startedAt: z.string() })),
});
export type OrphansAnswer = z.infer<typeof orphansAnswer>;

const component = z.enum(componentNames);
const shownLeftover = z.object({
  component,
  backupId: z.number(),
  state: z.string(),
  /** See Leftover in ../leftovers.ts. */
  kind: z.enum(['ours', 'unproven', 'complete', 'foreign', 'unknown']),
  why: z.string(),
  whatToDo: z.string(),
});
export type ShownLeftover = z.infer<typeof shownLeftover>;

export const leftoversAnswer = z.object({
  /** Set if the components could not be asked at all. */
  problems: told.problems,
  leftovers: z.array(shownLeftover),
  asked: z.array(component),
  unasked: z.array(z.object({ component, problem })),
});
export type LeftoversAnswer = z.infer<typeof leftoversAnswer>;

/** A part of a backup in a component. */
export const part = z.object({ component, backupId: z.number() });
export type Part = z.infer<typeof part>;

export const deletionAnswer = z.object({ ...told, deleted: z.array(part) });
export type DeletionAnswer = z.infer<typeof deletionAnswer>;

export const exportingAnswer = z.object({ ...told, seen: exportingSeen });
export type ExportingAnswer = z.infer<typeof exportingAnswer>;

export const pauseAnswer = z.object({
  problems: told.problems,
  /** The paused replicas of a pause that may be ended, as sentences; null if nothing is paused or it may not be ended. */
  paused: z.array(z.string()).nullable(),
});
export type PauseAnswer = z.infer<typeof pauseAnswer>;

export const resumeAnswer = z.object({
  problems: told.problems,
  /** null if nothing was resumed. */
  resumed: z.object({ proof, record: z.string() }).nullable(),
});
export type ResumeAnswer = z.infer<typeof resumeAnswer>;
