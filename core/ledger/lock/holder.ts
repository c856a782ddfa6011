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

/** The purpose of a lock that names none. Format 1 is for backups only; in later formats it is not known. */
const impliedPurpose = (format: unknown): string => (format === 1 ? 'backup' : 'unknown');

/**
 * The parts of a lock that messages to people need. A lock that is read this way is never rewritten. A newer version may
 * have written it, so unknown fields are ignored.
 */
export const holder = lock
  .pick({ cluster: true, runId: true, reason: true, acquiredAt: true, backupId: true })
  .extend({
    format: z.unknown(),
    purpose: lock.shape.purpose.optional(),
    owner: z.union([processOwner.strip(), executionOwner.strip()]),
    pause: z.object({ target: address, requestedAt, resumedAt }).optional(),
    // Format 1 has these fields and no `pause`; format 2 has both.
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

/** Reads the purpose of a lock even if the rest of it is not readable. A damaged lock counts as that of a backup. */
export const purposeIn = z
  .object({ runId: z.string(), format: z.unknown(), purpose: lock.shape.purpose.optional() })
  .transform(({ format, purpose }) => purpose ?? impliedPurpose(format))
  .catch('backup');

/** The holder in the document of a lock, or the document of a lock that was released. */
export const holderOrNobody = z.union([holder, freeLock.strip()]);
