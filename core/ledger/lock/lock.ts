import * as z from 'zod';
import { madeId } from '../../components/backup-id.ts';
import { exportingTarget } from '../../components/zeebe/exporting-target.ts';

/** The owner of a lock: a process on a host, or an execution of Step Functions. */
export const owner = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('process'),
    host: z.string(),
    pid: z.int(),
    /** Distinguishes the process from a later one with the same pid; see core/ledger/lock/owner.ts. */
    processStart: z.string().optional(),
    /** The place where the process ran, if it could be read. A host name alone proves nothing. */
    machineId: z.string().optional(),
    bootId: z.string().optional(),
    pidNamespace: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('execution'), arn: z.string() }),
]);
export type Owner = z.infer<typeof owner>;

export const proof = z.enum(['proven', 'answered']);

/** A pause of exporting that a run has requested, and its course. */
export const pause = z.strictObject({
  /** The addresses for the resume, so that a repair needs only the lock. */
  target: exportingTarget,
  /** This is written before the pause is requested, so that a crash in between is visible. */
  requestedAt: z.iso.datetime(),
  pausedAt: z.iso.datetime().optional(),
  proof: proof.optional(),
  /** The moment when Zeebe's backup was complete and the pause was still seen. */
  heldAt: z.iso.datetime().optional(),
  /** `proven` if every partition was read for `heldAt`. Nothing is known if it is absent. */
  heldProof: proof.optional(),
  resumedAt: z.iso.datetime().optional(),
  resumeProof: proof.optional(),
});
export type Pause = z.infer<typeof pause>;

/**
 * The lock of a cluster, which allows one run at a time. It is written with conditional writes. Only its owner changes
 * and releases it, or a repair after the owner is gone. It records what a repair must undo: a pause that was requested
 * and not resumed. `core/ledger/lock/formats.ts` has its document formats.
 */
export const lock = z.strictObject({
  /** The format of its document. A held lock keeps the format of the run that took it. */
  format: z.literal([1, 2]),
  cluster: z.string(),
  runId: z.string(),
  /** The purpose of the lock. `core/ledger/lock/purpose.ts` says what happens to it after the owner is gone. */
  purpose: z.string().min(1),
  owner,
  reason: z.string(),
  acquiredAt: z.iso.datetime(),
  /** The number of the run's try; absent means the first one. */
  attempt: z.int().positive().optional(),
  backupId: madeId.optional(),
  pause: pause.optional(),
  /** Set while another process repairs this lock. Without `by`, it is the deployed watchdog. */
  repair: z.strictObject({ startedAt: z.iso.datetime(), by: owner.optional() }).optional(),
});
export type Lock = z.infer<typeof lock>;

/**
 * The record of a released lock. It replaces the lock, because only a replacement can require that the lock has not
 * changed, and because it distinguishes a run that has ended from one that begins.
 */
export const freeLock = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  /** The run that released the lock, or for which it was released. */
  releasedBy: z.string(),
  /** Set if another process released it for this run, because the run was gone or seemed to be. */
  repaired: z.literal(true).optional(),
});
export type FreeLock = z.infer<typeof freeLock>;

/** True while exporting may be paused because of this lock. */
export function mayBePaused<P extends Pick<Pause, 'resumedAt'>>(lock: {
  pause?: P | undefined;
}): lock is { pause: P } {
  return lock.pause !== undefined && lock.pause.resumedAt === undefined;
}

/** Makes the change of a lock that adds facts to its pause. The change is empty if the lock has no pause. */
export function changeOfPause({ pause }: Pick<Lock, 'pause'>, learned: Partial<Pause>): Partial<Lock> {
  return pause ? { pause: { ...pause, ...learned } } : {};
}
