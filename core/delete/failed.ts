import { type ComponentName, titles } from '../components/kinds.ts';
import { openComponent } from '../components/open.ts';
import type { Target } from '../components/target.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import { lockLost } from '../ledger/ownership.ts';
import type { Run } from '../ledger/run.ts';

type Needs = Pick<Context, 'ledger' | 'http' | 'secrets' | 'search' | 'warn' | 'clock'>;

/**
 * Deletes from the components what a failed backup of this run has left, before the next try: a component that still
 * works on it would be in the way. Only what this run has started. What cannot be deleted, or is in use, is said and stays.
 * Throws LockLost.
 */
export async function deleteFailedBackup(
  run: Run,
  targets: Target[],
  context: Needs,
): Promise<{ deleted: ComponentName[] }> {
  const { ledger, warn } = context;
  const lock = await ledger.readLock(run.cluster);
  if (lock?.runId !== run.runId) throw lockLost(run, lock);
  const manifest = await ledger.readManifest(run.cluster, run.backupId);
  if (manifest?.state !== 'FAILED' || manifest.runId !== run.runId) return { deleted: [] };
  const { inUse, stale } = await ledger.lookForUse(run.cluster, run.backupId);
  if (stale) warn(stale);
  if (inUse) {
    warn(`What the components have of the backup ${run.backupId} stays: ${inUse.message}`);
    return { deleted: [] };
  }
  const deleted = await Promise.all(
    targets.map(async (target): Promise<ComponentName[]> => {
      try {
        const entry = await ledger.readEntry(run.cluster, run.backupId, target.component);
        if (!isStartedBy(run, entry)) return [];
        await deleteFrom(target, run.backupId, context);
        return [target.component];
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        warn(`What ${titles[target.component]} has of the backup ${run.backupId} stays: ${error.message}`);
        return [];
      }
    }),
  );
  return { deleted: deleted.flat() };
}

/** Whether it is known that this run started what a component has under the id: of a request it is not. */
export function isStartedBy({ runId }: Pick<Run, 'runId'>, entry: ComponentEntry | undefined): boolean {
  return entry?.runId === runId && entry.state !== 'REQUESTED';
}

export async function deleteFrom(
  target: Target,
  backupId: number,
  context: Pick<Needs, 'http' | 'secrets' | 'search' | 'clock'>,
): Promise<void> {
  await using component = await openComponent(target, context);
  await component.delete(backupId);
}
