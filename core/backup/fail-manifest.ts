import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { exportingForManifest } from '../ledger/lock/ownership.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/**
 * Marks a run's own manifest FAILED and returns it; undefined if there is none, or if the manifest under this id
 * belongs to another run. A COMPLETED manifest stays COMPLETED. If the manifest changes at the same time, it is read
 * again.
 */
export async function failManifest(
  lock: Lock,
  backupId: number,
  failure: Failure,
  context: Needs,
): Promise<Manifest | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const manifest = await failOnce(lock, backupId, failure, context);
      return manifest?.runId === lock.runId ? manifest : undefined;
    } catch (error) {
      if (attempt === 3 || !isBackupError(error, 'LockLost')) throw error;
    }
  }
}

function failOnce(
  lock: Lock,
  backupId: number,
  failure: Failure,
  context: Needs,
): Promise<Manifest | undefined> {
  const { ledger } = context;
  return ledger.changeManifest(lock.cluster, backupId, async (manifest) => {
    if (manifest.runId !== lock.runId || manifest.state === 'COMPLETED') return manifest;
    return {
      ...manifest,
      state: 'FAILED',
      endedAt: manifest.endedAt ?? nowIso(context),
      components: await ledger.readEntries(lock.cluster, backupId),
      exporting: exportingForManifest(lock),
      failure: manifest.failure ?? failure,
    };
  });
}

/** The manifest of a run, if it is known. */
export interface KnownManifest {
  manifest?: Manifest | undefined;
  /** Set if the manifest cannot be read, so that it is not known whether the backup is complete. */
  unreadable?: BackupError | undefined;
}

/** Returns the error instead of throwing it if the manifest cannot be read, so that the caller's other work goes on. */
export async function ifReadable(reading: Promise<Manifest | undefined>): Promise<KnownManifest> {
  try {
    return { manifest: await reading };
  } catch (error) {
    if (!isBackupError(error, 'LedgerCorrupt')) throw error;
    const { message, remedy, name } = error;
    return {
      unreadable: new BackupError(name, `Whether the backup is complete is not known: ${message}`, {
        cause: error,
        remedy,
      }),
    };
  }
}
