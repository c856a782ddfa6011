import { isAhead, secondsSince } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { RecoveryPoint, VerifiedPoint } from './backup.ts';
import { goodVerifications, isAfterItsEnd, verificationOf } from './verified.ts';

type Needs = Pick<Context, 'ledger'> & { clock: Pick<Context['clock'], 'now'> };

/** A backup as a recovery point. What happened after it began may be lost. */
export function recoveryPointOf(
  { backupId, startedAt }: Pick<RecoveryPoint, 'backupId' | 'startedAt'>,
  context: Pick<Needs, 'clock'>,
): RecoveryPoint {
  return { backupId, startedAt, ageSeconds: secondsSince(startedAt, context) };
}

/** Finds the first usable backup of these, as far as the ledger knows. */
export async function firstUsable(manifests: Manifest[], context: Needs): Promise<RecoveryPoint | undefined> {
  for (const manifest of manifests) {
    if (!isCompleted(manifest, context)) continue;
    const verification = await verificationOf(manifest, context);
    if (verification?.verdict !== 'wrong') return recoveryPointOf(manifest, context);
  }
  return undefined;
}

/** Finds the most recent verified backup of these ids, which are the newest first, as far as the ledger knows. */
export async function firstVerified(
  cluster: string,
  backupIds: number[],
  context: Needs,
): Promise<VerifiedPoint | null> {
  for await (const verification of goodVerifications(cluster, backupIds, context)) {
    const { backupId, verifiedAt, verdict } = verification;
    const [manifest] = await context.ledger.readManifests(cluster, [backupId]);
    if (manifest && isCompleted(manifest, context) && isAfterItsEnd(verification, manifest)) {
      return { ...recoveryPointOf(manifest, context), verifiedAt, verdict };
    }
  }
  return null;
}

/** True if it is complete. The age of a backup that is dated in the future is not known, so that it does not count. */
export function isCompleted(
  { state, startedAt }: Pick<Manifest, 'state' | 'startedAt'>,
  { clock }: Pick<Needs, 'clock'>,
): boolean {
  return state === 'COMPLETED' && !isAhead(startedAt, clock);
}
