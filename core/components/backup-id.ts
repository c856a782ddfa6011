import * as z from 'zod';
import { BackupError } from '../errors.ts';

/**
 * Ids of backups. The servers have int64; here they are numbers, which hold every integer up to this one exactly. It is
 * far beyond seconds since 1970, and below a time stamp of 17 digits.
 */
export const largestId = Number.MAX_SAFE_INTEGER;
const largestOnServers = 2n ** 63n - 1n;

/** Of a backup that camunda-backup makes. */
export const madeId = z.int().positive();

/** That a person asks for: the next one needs an id above it. */
export const requestedId = madeId.lt(largestId);

/** As a server tells it: a bigint where a number does not hold it. */
export const toldId = z.union([z.int(), z.bigint()]);
export type ToldId = z.infer<typeof toldId>;

/** An id in a text, such as a snapshot's name; undefined where the digits are none. */
export function idIn(digits: string | undefined): ToldId | undefined {
  if (digits === undefined || !/^\d+$/.test(digits)) return undefined;
  const id = BigInt(digits);
  if (id > largestOnServers) return undefined;
  return id > largestId ? id : Number(id);
}

/**
 * The same id, if there can be one above it: ids must grow. Throws BackupIdRefused. `whose` begins a sentence, `byHand`
 * is what a person can do about this backup.
 */
export function continuable(id: ToldId, whose: string, byHand: string): number {
  if (id < largestId) return Number(id);
  throw new BackupError(
    'BackupIdRefused',
    `${whose} the backup ${id}, and ids must grow: camunda-backup makes none above ${largestId}`,
    { remedy: `Find out who makes such ids. ${byHand}` },
  );
}
