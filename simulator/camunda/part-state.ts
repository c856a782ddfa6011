import { offsetTime } from '../http/answers.ts';
import type { SnapshotState } from '../search/snapshots.ts';

type PartBackupState = 'COMPLETED' | 'IN_PROGRESS' | 'FAILED' | 'INCOMPLETE' | 'INCOMPATIBLE';

export interface PartBackupInfo {
  backupId: number;
  state: PartBackupState;
  failureReason: string | null;
  details: { snapshotName: string; state: SnapshotState; startTime: string; failures: string[] }[];
}

/** The snapshot of a part, as the search engine shows it. */
export interface PartSnapshot {
  name: string;
  state: SnapshotState;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Milliseconds since 1970, if it has ended. */
  endedAt: number;
  failures: string[];
}

/** How long the web applications show a backup with missing parts as IN_PROGRESS before they show it as INCOMPLETE. */
export const GRACE_MS = 300_000;

/**
 * What an application says of a backup, of which it knows nothing but its snapshots. With `graceMs`, a backup with missing
 * parts is not INCOMPLETE until its last snapshot ended so long ago. It is 0 up to 8.7 and in Optimize, so the state flaps.
 */
export function partBackupInfo(
  backupId: number,
  snapshots: PartSnapshot[],
  { expected, graceMs, now }: { expected: number; graceMs: number; now: number },
): PartBackupInfo {
  return {
    backupId,
    state: stateOf(snapshots, expected, graceMs, now),
    failureReason: failureReason(snapshots, expected),
    details: snapshots.map(({ name, state, startedAt, failures }) => ({
      snapshotName: name,
      state,
      startTime: offsetTime(startedAt),
      failures: state === 'IN_PROGRESS' ? [] : failures,
    })),
  };
}

/** The snapshots' names are `camunda_{name}_{id}_{version}_part_{i}_of_{n}`. */
export function partName(
  name: string,
  backupId: number,
  version: string,
  partNo: number,
  partCount: number,
): string {
  return `camunda_${name}_${backupId}_${version}_part_${partNo}_of_${partCount}`;
}

/** Sorts as a list of backups is sorted: the newest first, each with its newest part first. */
export function newestFirst(infos: PartBackupInfo[]): PartBackupInfo[] {
  const startOf = ({ details: [first] }: PartBackupInfo) => first?.startTime ?? '';
  return infos
    .toSorted((a, b) => startOf(b).localeCompare(startOf(a)))
    .map((info) => ({ ...info, details: info.details.toReversed() }));
}

function stateOf(snapshots: PartSnapshot[], expected: number, graceMs: number, now: number): PartBackupState {
  const states = snapshots.map(({ state }) => state);
  if (states.includes('FAILED') || states.includes('PARTIAL')) return 'FAILED';
  if (states.includes('INCOMPATIBLE')) return 'INCOMPATIBLE';
  if (states.includes('IN_PROGRESS')) return 'IN_PROGRESS';
  if (snapshots.length === expected) return 'COMPLETED';
  const quietFor = now - Math.max(...snapshots.map(({ endedAt }) => endedAt));
  return quietFor < graceMs ? 'IN_PROGRESS' : 'INCOMPLETE';
}

function failureReason(snapshots: PartSnapshot[], expected: number): string | null {
  const named = (state: SnapshotState) =>
    snapshots
      .filter((snapshot) => snapshot.state === state)
      .map((snapshot) => snapshot.name)
      .join(', ');
  if (named('FAILED') !== '') return `There were failures with the following snapshots: ${named('FAILED')}`;
  if (named('PARTIAL') !== '') return `Some of the snapshots are partial: ${named('PARTIAL')}`;
  return snapshots.length > expected ? 'More snapshots found than expected.' : null;
}
