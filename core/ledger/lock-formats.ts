/** The documents that a lock is read from and written to. In memory, both formats are the same `Lock`. */

import * as z from 'zod';
import { exportingTarget } from '../components/zeebe/exporting-target.ts';
import { freeLock, type Lock, lock, proof } from './lock.ts';

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

/** What lies where a cluster's lock is: a lock, or what a lock left when it was given back. */
export const lockFile = z.union([lock.extend({ format: z.literal(2) }), lockOfFormat1, freeLock]);
