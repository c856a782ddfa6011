import * as z from 'zod';
import { auth } from '../../connect/authenticate.ts';
import { tls } from '../../connect/tls.ts';
import { freeLock, lock, owner, pause } from './lock.ts';

const [processOwner, executionOwner] = owner.options;
const address = z
  .object({
    url: z.string(),
    auth: auth.optional().catch(undefined),
    tls: tls.optional().catch(undefined),
  })
  .optional();
const { requestedAt, resumedAt } = pause.shape;

/** The purpose of a lock that does not say it. Format 1 is for backups only; what a later format implies is not known here. */
const impliedPurpose = (format: unknown): string => (format === 1 ? 'backup' : 'unknown');

/**
 * Who holds a lock, as far as people are told: of a lock that is only looked at, never rewritten. A newer version may
 * have written it, so what is in it beyond these fields does not matter.
 */
export const holder = lock
  .pick({ cluster: true, runId: true, reason: true, acquiredAt: true, backupId: true })
  .extend({
    format: z.unknown(),
    purpose: lock.shape.purpose.optional(),
    owner: z.union([processOwner.strip(), executionOwner.strip()]),
    pause: z.object({ target: address, requestedAt, resumedAt }).optional(),
    // Format 1 has these and no `pause`; format 2 has both.
    pauseRequestedAt: requestedAt.optional(),
    resumedAt,
    exporting: address,
  })
  .strip()
  .transform(({ format, purpose, pauseRequestedAt, resumedAt, exporting, ...rest }) => ({
    ...rest,
    purpose: purpose ?? impliedPurpose(format),
    ...(pauseRequestedAt && !rest.pause
      ? { pause: { target: exporting, requestedAt: pauseRequestedAt, resumedAt } }
      : {}),
  }));
export type Holder = z.infer<typeof holder>;

/** What a lock is held for, as far as anything of it can be read. A damaged lock is taken for that of a backup. */
export const purposeIn = z
  .object({ runId: z.string(), format: z.unknown(), purpose: lock.shape.purpose.optional() })
  .transform(({ format, purpose }) => purpose ?? impliedPurpose(format))
  .catch('backup');

/** The same of the document that lies where the lock is: it may be a lock that was given back. */
export const holderOrNobody = z.union([holder, freeLock.strip()]);
