import { maxPauseOf } from '../../core/backup/max-pause.ts';
import { isAhead } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { ClusterConfig } from '../../core/config/schema.ts';
import { resumeByHand, waysToResume } from '../../core/connect/by-hand.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import type { Holder } from '../../core/ledger/holder.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import {
  ageProblem,
  type CompletedStatus,
  completedOf,
  type FailedStatus,
  failedOf,
  noneCompleted,
} from './backup-status.ts';
import type { ExportingSeen } from './exporting-seen.ts';
import {
  type ExportingStatus,
  exportingOf,
  type Look,
  seenBy,
  strangePauseProblem,
} from './exporting-status.ts';
import { lookBack } from './look-back.ts';
import {
  lifeProblem,
  type RunSource,
  type RunStatus,
  runOf,
  waitingProblem,
  waysToEnd,
} from './run-status.ts';

/** How a cluster's backups are; one element of `clusters` in the object of `--json`. */
export interface ClusterStatus {
  cluster: string;
  ok: boolean;
  /** Why it is not ok, as sentences. */
  problems: string[];
  /** Who holds the lock. */
  run: RunStatus | null;
  exporting: ExportingStatus;
  lastCompleted: CompletedStatus | null;
  /** null also where it lies behind the newest thirty backups. */
  lastFailed: FailedStatus | null;
  /** How old the last completed backup may get, where that is known. */
  maxAgeSeconds: number | null;
  /** False where the ledger could not be asked: then what is null of `run` and of the backups is not known. */
  ledgerRead: boolean;
  /** Of its parts; null where no configuration is known. */
  addresses: Addresses | null;
}

/** What a look at a cluster needs. */
export interface StatusSource extends RunSource {
  ledger: Ledger;
  /** Where there is one. */
  config: ClusterConfig | undefined;
  commands: Pick<Commands, 'repair'>;
  look: Look;
}

/**
 * What goes wrong with one cluster hides no other, and a ledger that cannot be asked hides nothing of what the cluster
 * itself shows: whether exporting is paused is wanted most then.
 */
export async function statusOfEach(
  names: string[],
  sourceOf: (name: string) => StatusSource,
): Promise<ClusterStatus[]> {
  return Promise.all(
    names.map(async (name) => {
      const source = sourceOf(name);
      // The cluster is asked also where the ledger cannot be: a pause does not wait for it.
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
  const exporting = exportingOf('unreadable', seen, source.clock);
  if (seen.pause === 'unknown' && config) {
    exporting.whatToDo = [
      'A run of this ledger may have paused it. If you know that no backup is at work, resume it.',
      resumeByHand(config.zeebe),
    ];
  }
  return {
    cluster,
    ok: false,
    problems: [sentenceOf(error), ...strangePauseProblem(exporting)],
    run: null,
    exporting,
    lastCompleted: null,
    lastFailed: null,
    maxAgeSeconds: null,
    ledgerRead: false,
    addresses: config ? addressesOf(config) : null,
  };
}

const sentenceOf = ({ message, remedy }: BackupError) => (remedy ? `${message}. ${remedy}` : message);

/** Looks at one cluster; changes nothing. */
async function clusterStatus(
  cluster: string,
  seeing: Promise<ExportingSeen>,
  source: StatusSource,
): Promise<ClusterStatus> {
  const { ledger, config, commands, clock } = source;
  const [lock, backups, seen] = await Promise.all([
    lockOf(cluster, ledger),
    lookBack(cluster, ledger),
    seeing,
  ]);
  const unreadable = lock instanceof BackupError ? lock : undefined;
  const holder = lock instanceof BackupError ? undefined : lock;
  const run = holder ? await runOf(holder, source) : null;
  const lastCompleted = backups.completed ? completedOf(backups.completed, source) : null;
  const empty = lock || backups.any ? undefined : await ledger.nothingOf(cluster);
  const ways = () =>
    config ? waysToResume(cluster, config.zeebe, commands, { isLedgerEmpty: empty !== undefined }) : [];
  const exporting = exportingOf(unreadable ? 'unreadable' : holder, seen, clock, ways);
  if (run && exporting.paused) exporting.whatToDo = waysToEnd(run, holder?.pause?.target ?? config?.zeebe);
  const problems = [
    ...(unreadable ? [sentenceOf(unreadable)] : []),
    ...lifeProblem(run),
    ...waitingProblem(run),
    ...pausedProblem(run, exporting, config && maxPauseOf(config), clock),
    ...strangePauseProblem(exporting),
    ...ageProblem(lastCompleted, config?.maxAge, clock),
    ...(!lastCompleted ? [empty?.message ?? noneCompleted(backups)] : []),
    ...backups.unreadable,
  ];
  return {
    cluster,
    ok: problems.length === 0,
    problems,
    run,
    exporting,
    lastCompleted,
    lastFailed: backups.failed ? failedOf(backups.failed, source) : null,
    maxAgeSeconds: config?.maxAge ?? null,
    ledgerRead: true,
    addresses: config ? addressesOf(config) : null,
  };
}

/** Who holds the lock, or why it cannot be read: everything else of the cluster is still to be seen then. */
async function lockOf(cluster: string, ledger: Ledger): Promise<Holder | BackupError | undefined> {
  try {
    return await ledger.readHolder(cluster);
  } catch (error) {
    if (isBackupError(error, 'LedgerCorrupt')) return error;
    throw error;
  }
}

/** A pause belongs to a run that ends it: one whose run is dead is left, and one that lasts too long is suspect. */
function pausedProblem(
  run: RunStatus | null,
  { paused, since, seconds }: ClusterStatus['exporting'],
  maxPause: number | undefined,
  clock: StatusSource['clock'],
): string[] {
  if (!paused || !run || since === null || seconds === null) return [];
  if (run.state === 'dead') return ['exporting is left paused'];
  if (isAhead(since, clock)) {
    return [`exporting is paused since a moment in the future (${since}): a clock is wrong`];
  }
  return maxPause !== undefined && seconds > maxPause
    ? [`exporting is paused for longer than ${formatSeconds(maxPause)}`]
    : [];
}
