import type { Context } from '../../context.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { Manifest } from '../../ledger/manifest.ts';
import { readManifestsOrProblems } from '../../ledger/read-manifests.ts';
import { failOrphans, findOrphans } from '../orphans.ts';
import { type OrphansAnswer, problemOf } from './answers.ts';

/** Marks manifests FAILED that are RUNNING although their run is gone; a dry run only finds them. */
export async function repairOrphansOf(
  cluster: string,
  { dryRun }: { dryRun: boolean },
  context: Context,
): Promise<OrphansAnswer> {
  try {
    const ids = await context.ledger.backupIds(cluster);
    const found = [...(await readManifestsOrProblems(cluster, ids, context)).values()];
    const problems = found.flatMap((one) => (one instanceof BackupError ? [problemOf(one)] : []));
    const manifests = found.flatMap((one) => (one && !(one instanceof BackupError) ? [one] : []));
    const orphans = await (dryRun ? findOrphans(manifests, context) : failOrphans(manifests, context));
    return {
      says: orphanSentences(orphans, dryRun),
      problems,
      orphans: orphans.map(({ backupId, runId, startedAt }) => ({ backupId, runId, startedAt })),
    };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return { says: [], problems: [problemOf(error)], orphans: [] };
  }
}

function orphanSentences(orphans: Manifest[], dryRun: boolean): string[] {
  if (orphans.length === 0) return ['No manifest is RUNNING without its run.'];
  return orphans.map(
    ({ backupId, runId, startedAt }) =>
      `The backup ${backupId} (${runId}, since ${startedAt}) was RUNNING and no lock belongs to it: it ${dryRun ? 'would be' : 'is'} marked FAILED.`,
  );
}
