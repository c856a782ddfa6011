import * as z from 'zod';
import { madeId } from '../../components/backup-id.ts';
import { exportingTarget } from '../../components/zeebe/exporting-target.ts';

/** Who runs a backup: a process of a host, or an execution of Step Functions. */
export const owner = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('process'),
    host: z.string(),
    pid: z.int(),
    /** Tells a later process with the same pid apart; see core/ledger/lock/owner.ts. */
    processStart: z.string().optional(),
    /** Where the process ran, where that could be read: a host name proves nothing. */
    machineId: z.string().optional(),
    bootId: z.string().optional(),
    pidNamespace: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('execution'), arn: z.string() }),
]);
export type Owner = z.infer<typeof owner>;

export const proof = z.enum(['proven', 'answered']);

/** A pause of exporting that a run has asked for, and what became of it. */
export const pause = z.strictObject({
  /** Where to resume: whoever repairs needs nothing but the lock. */
  target: exportingTarget,
  /** Written before the pause is requested, so that a crash in between is seen. */
  requestedAt: z.iso.datetime(),
  pausedAt: z.iso.datetime().optional(),
  proof: proof.optional(),
  /** When Zeebe's backup was complete: nobody was seen to have ended the pause until then. */
  heldAt: z.iso.datetime().optional(),
  /** `proven` where every partition was read for that; where it is absent, nothing is known. */
  heldProof: proof.optional(),
  resumedAt: z.iso.datetime().optional(),
  resumeProof: proof.optional(),
});
export type Pause = z.infer<typeof pause>;

/**
 * The lock of a cluster: one run at a time. Written by conditional write, changed and given back only by its
 * owner, or by whoever has seen that the owner is gone. It says what must be undone: a pause that was
 * requested and not resumed. `core/ledger/lock/formats.ts` has the documents that are read and written.
 */
export const lock = z.strictObject({
  /** The format of its document. A held lock keeps that of the run that took it. */
  format: z.literal([1, 2]),
  cluster: z.string(),
  runId: z.string(),
  /** What it is held for; `core/ledger/lock/purpose.ts` says what that means when the owner is gone. */
  purpose: z.string().min(1),
  owner,
  reason: z.string(),
  acquiredAt: z.iso.datetime(),
  /** Which try of the run this is; the first where it is absent. */
  attempt: z.int().positive().optional(),
  backupId: madeId.optional(),
  pause: pause.optional(),
  /** Somebody puts right what its dead owner left; the deployed watchdog where nobody is named. */
  repair: z.strictObject({ startedAt: z.iso.datetime(), by: owner.optional() }).optional(),
});
export type Lock = z.infer<typeof lock>;

/**
 * What is left where a lock was: it is free. Written over the lock and not removed, because only that can be done
 * under the condition that the lock is still the same, and because it tells a run that has ended from one that begins.
 */
export const freeLock = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  /** The run that gave it back. */
  releasedBy: z.string(),
  /** Somebody else gave it back for this run, which was gone or seemed so. */
  repaired: z.literal(true).optional(),
});
export type FreeLock = z.infer<typeof freeLock>;

/** True while exporting may be paused on behalf of this lock. */
export function mayBePaused<P extends Pick<Pause, 'resumedAt'>>(lock: {
  pause?: P | undefined;
}): lock is { pause: P } {
  return lock.pause !== undefined && lock.pause.resumedAt === undefined;
}

/** The change of a lock that adds to its pause what was learned of it; none where the lock has no pause. */
export function changeOfPause({ pause }: Pick<Lock, 'pause'>, learned: Partial<Pause>): Partial<Lock> {
  return pause ? { pause: { ...pause, ...learned } } : {};
}
