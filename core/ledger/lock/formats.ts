/** The documents that a lock is read from and written to. In memory, both formats are the same `Lock`. */

import * as z from 'zod';
import { exportingTarget } from '../../components/zeebe/exporting-target.ts';
import { freeLock, type Lock, lock, pause, proof } from './lock.ts';

/**
 * Format 1 has eight fields side by side for what format 2 calls `pause`, and every lock of this format is held for a
 * backup. It is written only over a lock of this format.
 */
const format1 = lock
  .omit({ purpose: true, pause: true })
  .extend({
    format: z.literal(1),
    pauseRequestedAt: z.iso.datetime().optional(),
    pausedAt: z.iso.datetime().optional(),
    pauseProof: proof.optional(),
    pauseHeldAt: z.iso.datetime().optional(),
    pauseHeldProof: proof.optional(),
    resumedAt: z.iso.datetime().optional(),
    resumeProof: proof.optional(),
    exporting: exportingTarget.optional(),
  })
  .refine(({ pauseRequestedAt, exporting }) => pauseRequestedAt === undefined || exporting !== undefined, {
    path: ['exporting'],
    message: 'it may be paused, and not where Zeebe is',
  });

const lockOfFormat1 = z.codec(format1, lock, {
  decode: ({
    pauseRequestedAt,
    pausedAt,
    pauseProof,
    pauseHeldAt,
    pauseHeldProof,
    resumedAt,
    resumeProof,
    exporting,
    ...rest
  }): Lock => ({
    ...rest,
    purpose: 'backup',
    ...(pauseRequestedAt && exporting
      ? {
          pause: {
            target: exporting,
            requestedAt: pauseRequestedAt,
            pausedAt,
            proof: pauseProof,
            heldAt: pauseHeldAt,
            heldProof: pauseHeldProof,
            resumedAt,
            resumeProof,
          },
        }
      : {}),
  }),
  encode: ({ format, purpose, pause, ...rest }, context) => {
    if (format !== 1 || purpose !== 'backup') {
      context.issues.push({ code: 'custom', message: 'format 1 is for backups only', input: purpose });
      return z.NEVER;
    }
    return {
      ...rest,
      format,
      ...(pause
        ? {
            pauseRequestedAt: pause.requestedAt,
            pausedAt: pause.pausedAt,
            pauseProof: pause.proof,
            pauseHeldAt: pause.heldAt,
            pauseHeldProof: pause.heldProof,
            resumedAt: pause.resumedAt,
            resumeProof: pause.resumeProof,
            exporting: exportingTarget.parse(pause.target),
          }
        : {}),
    };
  },
});

/**
 * Format 2 repeats of its pause what a version before it looks for in a lock that it cannot change: without that it
 * would tell people that exporting is paused and that no run explains it. As a lock it is read from `pause` alone.
 */
const format2 = lock
  .extend({
    format: z.literal(2),
    pauseRequestedAt: pause.shape.requestedAt.optional(),
    resumedAt: pause.shape.resumedAt,
    exporting: exportingTarget.pick({ url: true, auth: true }).optional(),
  })
  .refine(({ pauseRequestedAt, pause }) => pauseRequestedAt === undefined || pause !== undefined, {
    path: ['pause'],
    message: 'it may be paused, and only what older versions look for says so',
  });

const lockOfFormat2 = z.codec(format2, lock, {
  decode: ({ pauseRequestedAt: _, resumedAt: __, exporting: ___, ...rest }): Lock => rest,
  encode: ({ format, pause: given, ...rest }, context) => {
    if (format !== 2) {
      context.issues.push({ code: 'custom', message: 'it has another format', input: format });
      return z.NEVER;
    }
    if (!given) return { ...rest, format };
    const whole = pause.parse(given);
    const { url, auth } = whole.target;
    return {
      ...rest,
      format,
      pause: whole,
      pauseRequestedAt: whole.requestedAt,
      resumedAt: whole.resumedAt,
      exporting: { url, auth },
    };
  },
});

/** What lies where a cluster's lock is: a lock, or what a lock left when it was given back. */
export const lockFile = z.union([lockOfFormat2, lockOfFormat1, freeLock]);
