import { maxPauseOf } from '../../core/backup/max-pause.ts';
import type { ExportingSeen } from '../../core/checks/exporting-seen.ts';
import { isAhead } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { ClusterConfig } from '../../core/config/schema.ts';
import { resumeByHand } from '../../core/connect/by-hand.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import type { RecoveryPoint, VerifiedPoint } from '../../core/inventory/backup.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import { mayBeTakenOver } from '../../core/ledger/lock/purpose.ts';
import { waysToResume } from '../../core/ledger/lock/ways-to-resume.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import {
  ageProblem,
  type CompletedStatus,
  completedOf,
  type FailedStatus,
  failedOf,
  noneCompleted,
  noneUsable,
} from './backup-status.ts';
import {
  type AskExporting,
  type ExportingStatus,
  exportingStatusOf,
  seenBy,
  strangePauseProblem,
} from './exporting-status.ts';
import { lookBack } from './look-back.ts';
import {
  aliveOf,
  lifeProblem,
  type RunSource,
  type RunStatus,
  runOf,
  waitingProblem,
  waysToEnd,
} from './run-status.ts';

/** The state of a cluster's backups; an element of `clusters` in the object of `--json`. */
export interface ClusterStatus {
  cluster: string;
  ok: boolean;
  /** The reasons why it is not ok, as sentences. */
  problems: string[];
  /** The run that holds the lock. */
  run: RunStatus | null;
  exporting: ExportingStatus;
  lastCompleted: CompletedStatus | null;
  /** What can be recovered: the most recent usable backup, and the most recent verified one. */
  recoveryPoints: { usable: RecoveryPoint | null; verified: VerifiedPoint | null };
  /** null if none of the newest thirty backups has failed. */
  lastFailed: FailedStatus | null;
  /** The configured limit for the age of the last completed backup; null if it is not known. */
  maxAgeSeconds: number | null;
  /** False if the ledger could not be read. Then a null in `run` or in the backups means that it is not known. */
  ledgerRead: boolean;
  /** The addresses of its parts; null if the configuration is not known. */
  addresses: Addresses | null;
}

/** The sources of a cluster's status. */
export interface StatusSource extends RunSource {
  ledger: Ledger;
  /** Undefined if the configuration is not known. */
  config: ClusterConfig | undefined;
  commands: Pick<Commands, 'repair' | 'show'>;
  look: AskExporting;
}

/**
 * Looks at every cluster. An error of one cluster does not hide the others. If the ledger cannot be read, the status
 * still shows what the cluster itself answers, because a pause matters most then.
 */
export async function statusOfEach(
  names: string[],
  sourceOf: (name: string) => StatusSource,
): Promise<ClusterStatus[]> {
  return Promise.all(
    names.map(async (name) => {
      const source = sourceOf(name);
      // The cluster is asked even if the ledger cannot be read.
      const seeing = seenBy(source.look);
      try {
        return await clusterStatus(name, seeing, source);
      } catch (error) {
        if (isBackupError(error)) return nothingKnown({ cluster: name, error, seen: await seeing, source });
        throw error;
      }
    }),
  );
}

function nothingKnown(of: {
  cluster: string;
  error: BackupError;
  seen: ExportingSeen;
  source: StatusSource;
}): ClusterStatus {
  const { cluster, error, seen, source } = of;
  const { config } = source;
  const exporting = exportingStatusOf('unreadable', seen, source.clock);
  if (seen.pause === 'unknown' && config) {
    exporting.whatToDo = [
      'A run of this ledger may have paused it. If you know that no backup and no restore is at work, resume it.',
      resumeByHand(config.zeebe),
    ];
  }
  return {
    cluster,
    ok: false,
    problems: [withItsRemedy(error), ...strangePauseProblem(exporting)],
    run: null,
    exporting,
    lastCompleted: null,
    recoveryPoints: { usable: null, verified: null },
    lastFailed: null,
    maxAgeSeconds: null,
    ledgerRead: false,
    addresses: config ? addressesOf(config) : null,
  };
}

const withItsRemedy = ({ message, remedy }: BackupError) => (remedy ? `${message}. ${remedy}` : message);

/** Looks at one cluster, and changes nothing. */
async function clusterStatus(
  cluster: string,
  seeing: Promise<ExportingSeen>,
  source: StatusSource,
): Promise<ClusterStatus> {
  const { ledger, config, commands, clock } = source;
  const [lock, backups, seen] = await Promise.all([
    lockOf(cluster, ledger),
    lookBack(cluster, source),
    seeing,
  ]);
  const unreadable = lock instanceof BackupError ? lock : undefined;
  const holder = lock instanceof BackupError ? undefined : lock;
  const run = holder ? await runOf(holder, source) : null;
  const lastCompleted = backups.completed ? completedOf(backups.completed, source) : null;
  const empty = lock || backups.any ? undefined : await ledger.nothingOf(cluster);
  const exporting = exportingStatusOf(unreadable ? 'unreadable' : holder, seen, clock);
  const zeebe = holder?.pause?.target ?? config?.zeebe;
  if (run && exporting.paused && mayBeTakenOver(run)) exporting.whatToDo = waysToEnd(run, zeebe);
  else if (exporting.paused || (seen.pause === 'unexplained' && config)) {
    const held = run && holder ? { holder, alive: aliveOf(run) } : undefined;
    const isLedgerEmpty = empty !== undefined;
    exporting.whatToDo = waysToResume(cluster, zeebe, commands, { lock: held, isLedgerEmpty });
  }
  const problems = [
    ...(unreadable ? [withItsRemedy(unreadable)] : []),
    ...lifeProblem(run),
    ...waitingProblem(run),
    ...pausedProblem(run, exporting, config && maxPauseOf(config), clock),
    ...strangePauseProblem(exporting),
    ...ageProblem(lastCompleted, config?.maxAge, clock),
    ...(!lastCompleted ? [empty?.message ?? noneCompleted(backups)] : []),
    ...noneUsable(backups, source),
    ...backups.unreadable,
  ];
  return {
    cluster,
    ok: problems.length === 0,
    problems,
    run,
    exporting,
    lastCompleted,
    recoveryPoints: { usable: backups.usable ?? null, verified: backups.verified },
    lastFailed: backups.failed ? failedOf(backups.failed, source) : null,
    maxAgeSeconds: config?.maxAge ?? null,
    ledgerRead: true,
    addresses: config ? addressesOf(config) : null,
  };
}

/** The holder of the lock, or the error if the lock cannot be read, so that the rest of the status is still shown. */
async function lockOf(cluster: string, ledger: Ledger): Promise<Holder | BackupError | undefined> {
  try {
    return await ledger.readHolder(cluster);
  } catch (error) {
    if (isBackupError(error, 'LedgerCorrupt')) return error;
    throw error;
  }
}

/** The problem of a pause whose run is dead, or that lasts too long. */
function pausedProblem(
  run: RunStatus | null,
  { paused, since, seconds }: ClusterStatus['exporting'],
  maxPause: number | undefined,
  clock: StatusSource['clock'],
): string[] {
  if (!paused || !run || since === null || seconds === null) return [];
  if (run.state === 'dead') return ['exporting is left paused'];
  if (isAhead(since, clock)) {
    return [`exporting has been paused since a moment in the future (${since}): a clock is wrong`];
  }
  return maxPause !== undefined && seconds > maxPause
    ? [`exporting has been paused for longer than ${formatSeconds(maxPause)}`]
    : [];
}
