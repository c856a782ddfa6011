import { nowIso } from '../clock.ts';
import type { Component, ComponentStatus } from '../components/component.ts';
import type { Policy } from '../components/kind.ts';
import { type ComponentName, policyOf, titles } from '../components/kinds.ts';
import type { Target } from '../components/target.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { ended } from '../ledger/entry.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import type { Known } from '../pacing.ts';
import { requirePauseBudget, requirePauseHeld } from './exporting.ts';
import { afterLook, type Limits, type Progress } from './progress.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'pacing' | 'http' | 'secrets'>;

interface Running {
  run: Run;
  target: Pick<Target, 'kind' | 'component' | keyof Known>;
  limits: Limits;
  /** The progress before this check. */
  progress: Progress;
}

/** Looks at a running backup once. Throws if it failed, took too long, or cannot be trusted. */
export async function checkBackup(
  component: Component,
  { run, target, limits, progress: before }: Running,
  context: Needs,
): Promise<Progress> {
  const { component: name } = target;
  const pauseEndsAt = await requirePauseBudget(run, limits, context);
  const { clock, pacing } = context;
  const lookedAt = clock.now();
  const seen = await look(component, policyOf(target), run, context);
  const status = seen instanceof BackupError ? undefined : seen;
  const lookSeconds = status && (clock.now() - lookedAt) / 1000;
  // The look may take long, and another call of this state may have recorded the end in the meantime.
  const entry = await context.ledger.readEntry(run.cluster, run.backupId, name);
  if (!entry) {
    throw new BackupError('LedgerCorrupt', `The ledger has no entry of ${titles[name]} for ${run.backupId}`);
  }
  let progress: Progress;
  try {
    progress = afterLook({
      component: name,
      seen,
      before,
      now: clock.now(),
      limits,
      known: target,
      lookSeconds,
      pauseEndsAt,
      pacing,
    });
    if (progress.state === 'COMPLETED') requireScheduled(name, entry, status);
  } catch (error) {
    await writeEnd(name, run, status, error, context).catch((trouble: unknown) => {
      // The first error is the reason for the failure, and the record is not retried.
      if (!isBackupError(trouble, 'LedgerUnusable')) throw trouble;
    });
    throw error;
  }
  if (progress.state === 'COMPLETED') await writeEnd(name, run, status, undefined, context);
  return progress;
}

/** The answer of the component, or the error of the question. */
async function look(
  component: Component,
  { endsThePause }: Policy,
  run: Run,
  context: Needs,
): Promise<ComponentStatus | BackupError> {
  try {
    const status = await component.check(run.backupId);
    // A pause that still holds now has held during the whole backup.
    if (endsThePause && status.state === 'COMPLETED') await requirePauseHeld(run, context);
    return status;
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
}

/** Throws VerificationFailed if a snapshot that the component had announced is not among the parts. */
function requireScheduled(
  name: ComponentName,
  entry: ComponentEntry,
  status: ComponentStatus | undefined,
): void {
  const parts = status?.parts ?? [];
  const missing = (entry.scheduledSnapshots ?? []).filter((one) => !parts.some((part) => part.name === one));
  if (missing.length === 0) return;
  throw new BackupError(
    'VerificationFailed',
    `${titles[name]} is COMPLETED without snapshots that it had scheduled: ${missing.join(', ')}`,
  );
}

/**
 * Records the end of a component's backup with every part that was seen. A late call does not change a recorded end.
 */
async function writeEnd(
  name: ComponentName,
  run: Run,
  status: ComponentStatus | undefined,
  error: unknown,
  context: Needs,
): Promise<void> {
  const endedAt = nowIso(context);
  await context.ledger.changeEntry(run.cluster, run.backupId, name, (now) =>
    ended(now, { endedAt, parts: status?.parts, indices: status?.indices, error }),
  );
}
