import { adviceFor } from '../advice.ts';
import { titles } from '../camunda/component.ts';
import { type Context, nowIso } from '../context.ts';
import { BackupError, isBackupError, ledgerTrouble } from '../errors.ts';
import { type Lock, mayBePaused } from '../ledger/lock.ts';
import type { ComponentEntry, Failure, Manifest } from '../ledger/manifest.ts';
import type { Run } from '../plan.ts';
import { exportingOf, owns } from './ownership.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/**
 * Writes the COMPLETED manifest and gives the lock back, if every component that belongs to the backup was seen
 * complete. Called again it changes nothing. Throws VerificationFailed or LockLost.
 */
export async function completeBackup(run: Run, context: Needs): Promise<Manifest> {
  const { ledger } = context;
  const completed = await ledger.changeManifest(run.cluster, run.backupId, async (manifest) => {
    if (manifest.runId !== run.runId) throw noManifest(run);
    return manifest.state === 'COMPLETED' ? manifest : complete(run, manifest, context);
  });
  if (!completed) throw noManifest(run);
  // From here on the backup is complete; a lock that stays is found by the watchdog, or by the next command.
  await ledger.release(run.cluster, run.runId).catch((error: unknown) => {
    if (!isBackupError(error, ...ledgerTrouble, 'LedgerCorrupt')) throw error;
    context.warn(`The lock of ${run.cluster} could not be given back: ${error.message}`);
  });
  return completed;
}

async function complete(run: Run, manifest: Manifest, context: Needs): Promise<Manifest> {
  const { ledger } = context;
  const lock = await ledger.readLock(run.cluster);
  if (!lock || !owns(run, lock) || manifest.state !== 'RUNNING') {
    throw new BackupError(
      'LockLost',
      `The backup ${run.backupId} is ${manifest.state}, and its run does not own the lock any more`,
    );
  }
  const components = await ledger.readEntries(run.cluster, run.backupId);
  const missing = manifest.expectedComponents.filter(
    (name) =>
      !components.some(
        ({ component, state, runId }) => component === name && state === 'COMPLETED' && runId === run.runId,
      ),
  );
  if (missing.length > 0) {
    throw new BackupError(
      'VerificationFailed',
      `Not seen complete: ${missing.map((name) => titles[name]).join(', ')}`,
    );
  }
  if (!lock.pauseHeldAt) {
    throw new BackupError('VerificationFailed', 'It is not known that exporting was paused all the while');
  }
  if (mayBePaused(lock)) {
    throw new BackupError('VerificationFailed', 'Exporting was paused and is not known to be resumed');
  }
  const camundaVersion = versionOf(components) ?? manifest.camundaVersion;
  return {
    ...manifest,
    ...(camundaVersion ? { camundaVersion } : {}),
    state: 'COMPLETED',
    endedAt: nowIso(context),
    components,
    exporting: exportingOf(lock),
  };
}

/** The version in which every broker took its part; undefined where they do not say, or are in the midst of an update. */
function versionOf(components: ComponentEntry[]): string | undefined {
  const parts = components.find(({ component }) => component === 'zeebe')?.parts ?? [];
  const [version, ...others] = new Set(parts.map(({ brokerVersion }) => brokerVersion));
  return others.length === 0 ? version : undefined;
}

/** How a failure was written down. */
export interface Recorded {
  manifest: Manifest | undefined;
  /** The run keeps the lock, for a backup with a new id. */
  triesAgain: boolean;
}

/**
 * Writes the FAILED manifest and gives the lock back, or keeps it for another try (`tryAgain`). The lock stays also
 * when exporting may still be paused: whoever comes next finds it there. A COMPLETED manifest is never overwritten.
 */
export async function recordFailure(
  { cluster, runId, backupId }: Pick<Run, 'cluster' | 'runId'> & { backupId?: number | undefined },
  failure: Failure,
  context: Pick<Needs, 'ledger' | 'clock'>,
  { tryAgain = false }: { tryAgain?: boolean } = {},
): Promise<Recorded> {
  const { ledger } = context;
  const lock = await ledger.readLock(cluster);
  // Without the lock this run has nothing that it could give back or describe.
  if (lock?.runId !== runId) return { manifest: undefined, triesAgain: false };
  if (backupId !== undefined && lock.backupId !== backupId) {
    // Called again: the failure is written down. Unless the next try has begun, it may be called off now.
    if (!tryAgain && lock.backupId === undefined) await ledger.release(cluster, runId);
    return { manifest: await ledger.readManifest(cluster, backupId), triesAgain: tryAgain };
  }
  const manifest =
    lock.backupId === undefined ? undefined : await failManifest(lock, lock.backupId, failure, context);
  if (mayBePaused(lock)) return { manifest, triesAgain: false };
  const triesAgain = tryAgain && manifest?.state === 'FAILED';
  if (triesAgain) {
    // Called twice at once, the later one finds what the next try has written already.
    await ledger.changeLock(cluster, runId, (now) =>
      now.backupId === lock.backupId ? forTheNextTry(now) : {},
    );
  }
  if (!triesAgain) await ledger.release(cluster, runId);
  return { manifest, triesAgain };
}

/** Nothing that belongs to the failed backup stays in the lock. */
function forTheNextTry({ attempt = 1 }: Lock): Partial<Lock> {
  return {
    attempt: attempt + 1,
    backupId: undefined,
    pauseRequestedAt: undefined,
    pausedAt: undefined,
    pauseProof: undefined,
    pauseHeldAt: undefined,
    resumedAt: undefined,
    resumeProof: undefined,
  };
}

/** Marks a run's own manifest FAILED; undefined where it was not written yet. */
export function failManifest(
  lock: Lock,
  backupId: number,
  failure: Failure,
  context: Pick<Needs, 'ledger' | 'clock'>,
): Promise<Manifest | undefined> {
  const { ledger } = context;
  return ledger.changeManifest(lock.cluster, backupId, async (manifest) => {
    if (manifest.runId !== lock.runId || manifest.state === 'COMPLETED') return manifest;
    return {
      ...manifest,
      state: 'FAILED',
      endedAt: manifest.endedAt ?? nowIso(context),
      components: await ledger.readEntries(lock.cluster, backupId),
      exporting: exportingOf(lock),
      failure: manifest.failure ?? withAdvice(failure),
    };
  });
}

function withAdvice(failure: Failure): Failure {
  const remedy = failure.remedy ?? adviceFor(failure.message);
  return remedy === undefined ? failure : { ...failure, remedy };
}

function noManifest(run: Run): BackupError {
  return new BackupError(
    'LedgerCorrupt',
    `The ledger has no manifest of the backup ${run.backupId} of this run`,
    { remedy: 'Do not remove documents of the ledger while a backup runs.' },
  );
}
