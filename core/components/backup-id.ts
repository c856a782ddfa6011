import * as z from 'zod';
import { BackupError } from '../errors.ts';

/**
 * The largest id that camunda-backup uses. The servers take any int64, but a JavaScript number is exact only up to this
 * value. Ids that are seconds since 1970 are far below it; a timestamp of 17 digits is above it.
 */
export const largestId = Number.MAX_SAFE_INTEGER;
const largestOnServers = 2n ** 63n - 1n;

/** The id of a backup that camunda-backup makes. */
export const madeId = z.int().positive();

/** An id that a person asks for. It is below the largest one, because the next backup needs a higher id. */
export const requestedId = madeId.lt(largestId);

/** An id as a server reports it: a bigint if a number cannot hold it exactly. */
export const toldId = z.union([z.int(), z.bigint()]);
export type ToldId = z.infer<typeof toldId>;

/** Reads an id from a text, such as the end of a snapshot's name; undefined if the text is not an id. */
export function idIn(digits: string | undefined): ToldId | undefined {
  if (digits === undefined || !/^\d+$/.test(digits)) return undefined;
  const id = BigInt(digits);
  if (id > largestOnServers) return undefined;
  return id > largestId ? id : Number(id);
}

/**
 * Returns the id as a number if a higher id is possible, because ids must grow. Throws BackupIdRefused otherwise.
 * `whose` begins the sentence of the error; `byHand` tells a person what to do about this backup.
 */
export function continuable(id: ToldId, whose: string, byHand: string): number {
  if (id < largestId) return Number(id);
  throw new BackupError(
    'BackupIdRefused',
    `${whose} the backup ${id}, and ids must grow: camunda-backup makes none above ${largestId}`,
    { remedy: `Find out who makes such ids. ${byHand}` },
  );
}
