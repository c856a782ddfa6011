import { contradictedByBrokers } from '../checks/configured-version.ts';
import { nowIso } from '../clock.ts';
import { titles } from '../components/kinds.ts';
import { formatSeconds } from '../config/duration.ts';
import type { Context } from '../context.ts';
import { BackupError, describe, isBackupError } from '../errors.ts';
import { type Lock, mayBePaused } from '../ledger/lock/lock.ts';
import { exportingForManifest, owns } from '../ledger/lock/ownership.ts';
import type { ComponentEntry, Failure, Manifest } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';
import { pauseNotSeen } from './exporting.ts';
import { failManifest, ifReadable, type KnownManifest } from './fail-manifest.ts';
import { warnOfGaps } from './keep-restore-facts.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/**
 * The state gives up waiting after 90 s, and what it does then may decide otherwise: whoever is late by then does not
 * begin to write COMPLETED.
 */
const decidesWithinSeconds = 60;
const releaseSeconds = 15;

/**
 * Writes the COMPLETED manifest and gives the lock back, if every component that belongs to the backup was seen
 * complete. Called again it changes nothing. Throws VerificationFailed, LockLost, or what a ledger throws: after COMPLETED is
 * written it throws nothing, and does not wait for long.
 */
export async function completeBackup(run: Run, context: Needs): Promise<Manifest> {
  const { ledger, clock } = context;
  const since = clock.now();
  const completed = await ledger.changeManifest(run.cluster, run.backupId, async (manifest) => {
    if (manifest.runId !== run.runId) throw noManifest(run);
    if (manifest.state === 'COMPLETED') return manifest;
    const next = await complete(run, manifest, context);
    const seconds = (clock.now() - since) / 1000;
    if (seconds > decidesWithinSeconds) throw tooSlow(run, seconds);
    return next;
  });
  if (!completed) throw noManifest(run);
  await releaseAsComplete(run, () => ledger.release(run.cluster, run.runId), context);
  return completed;
}

/** The backup is complete whatever comes of it; a lock that stays is found by the watchdog, or by the next command. */
async function releaseAsComplete(
  { cluster }: Pick<Run, 'cluster'>,
  release: () => Promise<void>,
  context: Pick<Needs, 'clock' | 'warn'>,
): Promise<void> {
  try {
    await within(releaseSeconds, release, context);
  } catch (error) {
    context.warn(`The lock of ${cluster} could not be given back: ${describe(error)}`);
  }
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
  if (!lock.pause?.heldAt) {
    throw new BackupError('VerificationFailed', 'It is not known that exporting was paused all the while');
  }
  if (mayBePaused(lock)) {
    throw new BackupError('VerificationFailed', 'Exporting was paused and is not known to be resumed');
  }
  const said = brokerVersionsOf(components);
  const [version, ...others] = said;
  // Where they differ, they are in the midst of an update.
  const camundaVersion = (others.length === 0 ? version : undefined) ?? manifest.camundaVersion;
  const known = said.filter((one) => one !== undefined);
  return {
    ...manifest,
    ...(camundaVersion ? { camundaVersion } : {}),
    state: 'COMPLETED',
    endedAt: nowIso(context),
    components,
    exporting: exportingForManifest(lock),
    warnings: [
      ...manifest.warnings,
      ...contradictedByBrokers(manifest.configuredVersion, known),
      ...pauseNotSeen(lock),
      ...(await warnOfGaps(run, context)),
    ],
  };
}

/** The versions in which the brokers took their parts; undefined among them where one does not say. */
function brokerVersionsOf(components: ComponentEntry[]): (string | undefined)[] {
  const parts = components.find(({ component }) => component === 'zeebe')?.parts ?? [];
  return [...new Set(parts.map(({ brokerVersion }) => brokerVersion))];
}

/** How a failure was written down; `manifest` is COMPLETED where the backup did not fail after all. */
export interface Recorded extends KnownManifest {
  /** Exporting may still be paused, and the lock stays. */
  leftPaused: boolean;
  /** The run keeps the lock, for a backup with a new id. */
  triesAgain: boolean;
}

export interface RecordOptions {
  tryAgain?: boolean;
  repaired?: boolean;
  beforeRelease?: (known: KnownManifest) => Promise<void>;
}

/**
 * Writes the FAILED manifest and gives the lock back, or keeps it for another try (`tryAgain`). The lock stays also
 * when exporting may still be paused: whoever comes next finds it there. A COMPLETED manifest is never overwritten, nor
 * one that cannot be read: it may be COMPLETED, and keeps no lock.
 * `repaired`: somebody else does this for the run. `beforeRelease` is called before the lock is given back: what it
 * writes down is known also where the run dies in the next moment.
 */
export async function recordFailure(
  { cluster, runId, backupId }: Pick<Run, 'cluster' | 'runId'> & { backupId?: number | undefined },
  failure: Failure,
  context: Needs,
  { tryAgain = false, repaired = false, beforeRelease = async () => {} }: RecordOptions = {},
): Promise<Recorded> {
  const { ledger } = context;
  const release = async (known: KnownManifest) => {
    const giveBack = () => ledger.release(cluster, runId, { repaired });
    const isComplete = known.manifest?.state === 'COMPLETED';
    // Whoever repairs is asked whether the lock is free.
    if (isComplete && !repaired) return releaseAsComplete({ cluster }, giveBack, context);
    if (!isComplete) await beforeRelease(known);
    return giveBack();
  };
  const lock = await ledger.readLock(cluster);
  // Without the lock this run has nothing that it could give back or describe: it has ended, or never began.
  if (lock?.runId !== runId) {
    const known = await ifReadable(manifestOf({ cluster, runId, backupId }, context));
    // Of a backup that was to be tried again: a late call of a run that has gone on. If it has not, the next try says so.
    return { ...known, leftPaused: false, triesAgain: tryAgain && known.manifest?.state === 'FAILED' };
  }
  if (backupId !== undefined && lock.backupId !== backupId) {
    // Called again: the failure is written down. Unless the next try has begun, it may be called off now.
    const known = await ifReadable(manifestOf({ cluster, runId, backupId }, context));
    if (!tryAgain && lock.backupId === undefined) await release(known);
    return { ...known, leftPaused: false, triesAgain: tryAgain };
  }
  const known =
    lock.backupId === undefined
      ? { manifest: undefined }
      : await ifReadable(failManifest(lock, lock.backupId, failure, context));
  if (mayBePaused(lock)) return { ...known, leftPaused: true, triesAgain: false };
  const triesAgain =
    tryAgain && known.manifest?.state === 'FAILED' && (await keepForTheNextTry(lock, context));
  if (!triesAgain) await release(known);
  return { ...known, leftPaused: false, triesAgain };
}

async function manifestOf(
  { cluster, runId, backupId }: Pick<Run, 'cluster' | 'runId'> & { backupId?: number | undefined },
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<Manifest | undefined> {
  if (backupId === undefined) return undefined;
  const manifest = await ledger.readManifest(cluster, backupId);
  return manifest?.runId === runId ? manifest : undefined;
}

/** False where the lock is not this run's any more. */
async function keepForTheNextTry(
  { cluster, runId, backupId }: Lock,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<boolean> {
  try {
    // Called twice at once, the later one finds what the next try has written already.
    await ledger.changeLock(cluster, runId, (now) => (now.backupId === backupId ? forTheNextTry(now) : {}));
    return true;
  } catch (error) {
    if (isBackupError(error, 'LockLost')) return false;
    throw error;
  }
}

/** Nothing that belongs to the failed backup stays in the lock. */
function forTheNextTry({ attempt = 1 }: Lock): Partial<Lock> {
  return { attempt: attempt + 1, backupId: undefined, pause: undefined };
}

function tooSlow({ cluster }: Run, seconds: number): BackupError {
  return new BackupError(
    'LedgerError',
    `The ledger of ${cluster} took ${formatSeconds(seconds)} to say what belongs to the backup, which is too long to write COMPLETED`,
    { remedy: 'See why the ledger (the S3 bucket, or the file system of the folder) is slow.' },
  );
}

function noManifest(run: Run): BackupError {
  return new BackupError(
    'LedgerCorrupt',
    `The ledger has no manifest of the backup ${run.backupId} of this run`,
    { remedy: 'Do not remove documents of the ledger while a backup runs.' },
  );
}
