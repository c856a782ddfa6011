import { contradictedByBrokers } from '../checks/configured-version.ts';
import { nowIso } from '../clock.ts';
import { titles } from '../components/kinds.ts';
import { formatSeconds } from '../config/duration.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import { exportingForManifest, owns } from '../ledger/lock/ownership.ts';
import type { ComponentEntry, Manifest } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import { pauseNotSeen } from './exporting.ts';
import { warnOfGaps } from './keep-restore-facts.ts';
import { releaseAsComplete } from './release.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/**
 * The state stops waiting after 90 s, and the run may then be recorded as FAILED. So a call that is late does not begin
 * to write COMPLETED.
 */
const decidesWithinSeconds = 60;

/**
 * Writes the COMPLETED manifest and releases the lock, if every component of the backup was seen complete. A duplicate
 * call changes nothing. Throws VerificationFailed, LockLost, or an error of the ledger. After it has written COMPLETED,
 * it never throws, and does not wait for long.
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
  // Brokers of different versions are in the middle of an update.
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

/** The versions of the brokers that took the parts. They include undefined if a part does not show its version. */
function brokerVersionsOf(components: ComponentEntry[]): (string | undefined)[] {
  const parts = components.find(({ component }) => component === 'zeebe')?.parts ?? [];
  return [...new Set(parts.map(({ brokerVersion }) => brokerVersion))];
}

function tooSlow({ cluster }: Run, seconds: number): BackupError {
  return new BackupError(
    'LedgerError',
    `The ledger of ${cluster} took ${formatSeconds(seconds)} to return the parts of the backup, which is too late to write COMPLETED`,
    { remedy: 'Find out why the ledger (the S3 bucket, or the file system of the folder) is slow.' },
  );
}

function noManifest(run: Run): BackupError {
  return new BackupError(
    'LedgerCorrupt',
    `The ledger has no manifest of the backup ${run.backupId} of this run`,
    { remedy: 'Do not remove documents of the ledger while a backup runs.' },
  );
}
