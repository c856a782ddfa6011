import * as z from 'zod';
import { secondsBetween } from '../clock.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { type ManifestOrProblem, readManifestsOrProblems } from '../ledger/read-manifests.ts';
import { firstUsable, firstVerified, isCompleted } from './recovery-points.ts';

type Needs = Pick<Context, 'ledger'> & { clock: Pick<Context['clock'], 'now'> };

const moment = z.iso.datetime().nullable();
const seconds = z.number().nullable();

/** What the ledger says of a cluster's backups, for a monitor. What is not known is null. */
export const backupMetrics = z.strictObject({
  cluster: z.string(),
  total: z.int().describe('How many backups were begun with this ledger.'),
  lastStatus: z
    .enum(['COMPLETED', 'FAILED'])
    .nullable()
    .describe('The state of the newest backup that has ended; null if it cannot be read.'),
  lastSuccessfulAt: moment.describe(
    'When the newest complete backup ended. One that is dated in the future does not count.',
  ),
  durationSeconds: seconds.describe('How long the newest complete backup took.'),
  pausedSeconds: seconds.describe('How long the newest complete backup paused exporting.'),
  firstRecoverableAt: moment.describe('When the oldest usable backup began.'),
  lastVerifiedAt: moment.describe('When the newest verified backup was verified.'),
});
export type BackupMetrics = z.infer<typeof backupMetrics>;

/** How many manifests are read for the newest backup that has ended. Few are at work at the same time. */
const endedWithin = 10;

/** Reads the figures of a cluster's backups from the ledger, and asks nothing else. */
export async function readMetrics(cluster: string, context: Needs): Promise<BackupMetrics> {
  const { ledger } = context;
  const oldestFirst = await ledger.backupIds(cluster);
  const newestFirst = oldestFirst.toReversed();
  const [newest, completed, firstRecoverable, verified] = await Promise.all([
    readManifestsOrProblems(cluster, newestFirst.slice(0, endedWithin), context),
    newestCompleted(cluster, newestFirst, context),
    oldestUsable(cluster, oldestFirst, context),
    firstVerified(cluster, newestFirst, context),
  ]);
  return {
    cluster,
    total: oldestFirst.length,
    lastStatus: statusOfNewest([...newest.values()]),
    lastSuccessfulAt: completed?.endedAt ?? null,
    durationSeconds: secondsBetween(completed?.startedAt, completed?.endedAt) ?? null,
    pausedSeconds: secondsBetween(completed?.exporting.pausedAt, completed?.exporting.resumedAt) ?? null,
    firstRecoverableAt: firstRecoverable ?? null,
    lastVerifiedAt: verified?.verifiedAt ?? null,
  };
}

async function newestCompleted(
  cluster: string,
  newestFirst: number[],
  context: Needs,
): Promise<Manifest | undefined> {
  for await (const manifest of context.ledger.manifests(cluster, newestFirst)) {
    if (isCompleted(manifest, context)) return manifest;
  }
  return undefined;
}

/** A backup that cannot be read may have ended in any way. */
function statusOfNewest(newestFirst: ManifestOrProblem[]): BackupMetrics['lastStatus'] {
  for (const found of newestFirst) {
    if (found instanceof BackupError) return null;
    if (found && found.state !== 'RUNNING') return found.state;
  }
  return null;
}

async function oldestUsable(
  cluster: string,
  oldestFirst: number[],
  context: Needs,
): Promise<string | undefined> {
  for await (const manifest of context.ledger.manifests(cluster, oldestFirst)) {
    const usable = await firstUsable([manifest], context);
    if (usable) return usable.startedAt;
  }
  return undefined;
}
