import { type ComponentName, titles } from '../components/kinds.ts';
import { openComponent } from '../components/open.ts';
import type { Target } from '../components/target.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { lockLost } from '../ledger/lock/lock-lost.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';

type Needs = Pick<Context, 'ledger' | 'http' | 'secrets' | 'search' | 'warn' | 'clock'>;

/**
 * Deletes the parts of this run's failed backup from the components before the next try. A component that still works
 * on its part could not take another backup. It deletes only parts that this run has started. A part stays, with a
 * warning, if it is in use or cannot be deleted. Throws LockLost.
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
    warn(`The parts of the backup ${run.backupId} stay in the components: ${inUse.message}`);
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
        warn(`The part of the backup ${run.backupId} in ${titles[target.component]} stays: ${error.message}`);
        return [];
      }
    }),
  );
  return { deleted: deleted.flat() };
}

/** True if this run certainly started the component's backup. A request without an answer does not prove that. */
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
