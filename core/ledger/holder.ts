import * as z from 'zod';
import { auth } from '../connect/authenticate.ts';
import { freeLock, lock, owner } from './lock.ts';

const [processOwner, executionOwner] = owner.options;

/**
 * Who holds a lock, as far as people are told: of a lock that is only looked at, never rewritten. A newer version may
 * have written it, so what is in it beyond these fields does not matter.
 */
export const holder = lock
  .pick({
    cluster: true,
    runId: true,
    reason: true,
    acquiredAt: true,
    backupId: true,
    pauseRequestedAt: true,
    resumedAt: true,
  })
  .extend({
    owner: z.union([processOwner.strip(), executionOwner.strip()]),
    exporting: z.object({ url: z.string(), auth: auth.optional().catch(undefined) }).optional(),
  })
  .strip();
export type Holder = z.infer<typeof holder>;

/** The same of the document that lies where the lock is: it may be a lock that was given back. */
export const holderOrNobody = z.union([holder, freeLock.strip()]);
