/** The two document formats of a lock. In memory, both are the same `Lock`. */

import * as z from 'zod';
import { exportingTarget } from '../../components/zeebe/exporting-target.ts';
import { freeLock, type Lock, lock, pause, proof } from './lock.ts';

/**
 * Format 1 has eight separate fields for the `pause` of format 2, and every lock of this format is held for a backup.
 * It is written only over a lock of the same format.
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
 * Format 2 repeats a part of its pause in the fields of format 1. Older versions look for them in a lock that they
 * cannot change; without them they would report a pause that no run explains. This version reads only `pause`.
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

/** The schema of a lock's document: a lock in one of both formats, or the record of its release. */
export const lockFile = z.union([lockOfFormat2, lockOfFormat1, freeLock]);
