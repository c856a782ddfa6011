import { type Clock, isAhead, secondsBetween } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import type { Backups } from './look-back.ts';

/** The newest completed backup of a cluster; an element of the object of `--json`. */
export interface CompletedStatus {
  backupId: number;
  startedAt: string;
  /** Below 0 if the backup is dated in the future. Then a clock is or was wrong. */
  ageSeconds: number;
  durationSeconds: number | null;
  /** null if exporting was not paused, or if the end of the pause was not seen. */
  pausedSeconds: number | null;
  manifest: string;
}

/** The backup that failed last; an element of the object of `--json`. */
export interface FailedStatus {
  backupId: number;
  at: string;
  ageSeconds: number;
  failure: Failure;
  manifest: string;
}

interface Source {
  ledger: Ledger;
  clock: Pick<Clock, 'now'>;
}

/** A problem with the age of the last completed backup. A date in the future does not count as recent. */
export function ageProblem(
  last: CompletedStatus | null,
  maxAge: number | undefined,
  clock: Source['clock'],
): string[] {
  if (!last) return [];
  if (isAhead(last.startedAt, clock)) {
    return [
      `the last completed backup is dated ${formatSeconds(-last.ageSeconds)} in the future: a clock is or was wrong, and the age of the backup is not known`,
    ];
  }
  // `maxAge` counts from the end of the backup, as it does for the watchdog.
  const sinceItsEnd = last.ageSeconds - (last.durationSeconds ?? 0);
  return maxAge !== undefined && sinceItsEnd > maxAge
    ? [`the last completed backup is older than ${formatSeconds(maxAge)}`]
    : [];
}

/** The problem of a missing completed backup. A backup that cannot be read may be complete. */
export function noneCompleted({ unreadable }: Backups): string {
  return unreadable.length === 0
    ? 'there is no completed backup'
    : 'there is no completed backup among those that can be read';
}

/** The problem of completed backups of which none can be restored. One that is dated in the future is told by its age. */
export function noneUsable(
  { completed, usable }: Backups,
  { clock, commands }: Pick<Source, 'clock'> & { commands: Pick<Commands, 'show'> },
): string[] {
  if (!completed || usable || isAhead(completed.startedAt, clock)) return [];
  const { cluster, backupId } = completed;
  return [
    `no completed backup is usable: the last verification of backup ${backupId} found it damaged. See what is wrong: ${commands.show(cluster, backupId)}; then make a new backup`,
  ];
}

export function completedOf(manifest: Manifest, { ledger, clock }: Source): CompletedStatus {
  const { cluster, backupId, startedAt, endedAt, exporting } = manifest;
  return {
    backupId,
    startedAt,
    ageSeconds: age(startedAt, clock),
    durationSeconds: secondsBetween(startedAt, endedAt) ?? null,
    pausedSeconds: secondsBetween(exporting.pausedAt, exporting.resumedAt) ?? null,
    manifest: ledger.manifestLocation(cluster, backupId),
  };
}

export function failedOf(manifest: Manifest, { ledger, clock }: Source): FailedStatus {
  const { cluster, backupId, startedAt, endedAt = startedAt } = manifest;
  return {
    backupId,
    at: endedAt,
    ageSeconds: age(endedAt, clock),
    failure: manifest.failure ?? { error: 'Unknown', message: 'The manifest names no reason' },
    manifest: ledger.manifestLocation(cluster, backupId),
  };
}

const age = (instant: string, clock: Source['clock']) => (clock.now() - Date.parse(instant)) / 1000;
