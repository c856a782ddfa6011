import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { exportingForManifest } from '../ledger/lock/ownership.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/**
 * Marks a run's own manifest FAILED; undefined where there is none, also where another run has one under this id. One
 * that is COMPLETED stays so, also where it becomes so in this moment: then the manifest has changed since it was read,
 * and is read again.
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

/** What is known of a run's manifest. */
export interface KnownManifest {
  manifest?: Manifest | undefined;
  /** It cannot be read: whether the backup is complete is not known. */
  unreadable?: BackupError | undefined;
}

/** One that cannot be read stays as it is, and keeps nobody from what has to be done besides. */
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
