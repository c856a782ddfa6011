import type { KnownManifest } from '../../core/backup/fail-manifest.ts';
import { type ComponentName, titles } from '../../core/components/kinds.ts';
import type { Proof } from '../../core/components/zeebe/exporting.ts';
import type { BackupError } from '../../core/errors.ts';
import type { UnreadableLock } from '../../core/ledger/lock/document.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import { type Lock, mayBePaused } from '../../core/ledger/lock/lock.ts';
import { describeOwner } from '../../core/ledger/lock/owner.ts';
import { afterwards } from '../../core/ledger/lock/purpose.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import type { Leftover, Leftovers } from '../../core/repair/leftovers.ts';
import type { Repaired } from '../../core/repair/lock.ts';
import type { Freed } from '../../core/repair/unreadable-lock.ts';
import { failureOf } from '../failure.ts';
import type { ExportingSeen } from '../status/exporting-seen.ts';

/** The result of the step of the lock. */
export type LockStep =
  /** `empty` is set if the ledger has nothing about the cluster. Then a missing lock proves nothing. */
  | { outcome: 'none'; empty: BackupError | undefined }
  | { outcome: 'repaired'; repaired: Repaired }
  /** A dry run has found a lock that a repair would end. */
  | ({ outcome: 'repairable'; lock: Lock } & KnownManifest)
  /** The lock could not be read. */
  | { outcome: 'freed'; holder: Holder | undefined; freed: Freed }
  /** The same in a dry run. Exporting would be resumed at `url`; without `url` it would not be. */
  | { outcome: 'freeable'; holder: Holder | undefined; url: string | undefined }
  /** `lock` is undefined if it cannot be read, or has been removed in the meantime. */
  | {
      outcome: 'left';
      lock: Holder | undefined;
      unreadable: UnreadableLock | undefined;
      problem: BackupError;
    };

/** The state of exporting that the cluster shows, and the result of `--resume-unexplained`. */
export interface ExportingStep {
  seen: ExportingSeen;
  /** null if `--resume-unexplained` resumed nothing. */
  resumed: { proof: Proof; record: string } | null;
}

/** Everything that a repair found and did. */
export interface Findings {
  cluster: string;
  dryRun: boolean;
  lock: LockStep;
  orphans: Manifest[];
  components: Leftovers;
  deleted: Leftover[];
  exporting: ExportingStep;
  problems: BackupError[];
}

/** The object of `--json`. */
export interface RepairResult {
  /** null if an error ended the command before the cluster was known. */
  cluster: string | null;
  dryRun: boolean;
  /** True if everything could be repaired and seen. Leftovers are no failure. */
  ok: boolean;
  /** null if there is no lock, or if `problems` says why the command did not read it. */
  lock: {
    repaired: boolean;
    runId: string | null;
    owner: string | null;
    backupId: number | null;
    /** `unknown` means that exporting may be paused. */
    exporting: Repaired['exporting'] | 'unknown';
    /** The location of the copy, if the lock could not be read and was freed. */
    copy: string | null;
  } | null;
  /** Manifests that were RUNNING without a run. They are marked FAILED now, except in a dry run. */
  orphans: { backupId: number; runId: string; startedAt: string }[];
  leftovers: (Omit<Leftover, 'target'> & { deleted: boolean })[];
  /** Components whose leftovers are not known. */
  unknown: ComponentName[];
  /** The state that the cluster itself shows; null if an error ended the command before the cluster was asked. */
  exporting: (ExportingSeen & { resumed: Proof | null; record: string | null }) | null;
  problems: Failure[];
}

export function repairResult(findings: Findings): RepairResult {
  const { cluster, dryRun, lock, orphans, components, deleted, exporting, problems } = findings;
  return {
    cluster,
    dryRun,
    ok: problems.length === 0,
    lock: lockResult(lock),
    orphans: orphans.map(({ backupId, runId, startedAt }) => ({ backupId, runId, startedAt })),
    leftovers: components.leftovers.map((leftover) => {
      const { target: _, ...rest } = leftover;
      return { ...rest, deleted: deleted.includes(leftover) };
    }),
    unknown: components.unasked.map(({ component }) => component),
    exporting: {
      ...exporting.seen,
      resumed: exporting.resumed?.proof ?? null,
      record: exporting.resumed?.record ?? null,
    },
    problems: problems.map(failureOf),
  };
}

/** The object of `--json` for a repair that an error ended before its first step. */
export function failedRepair(cluster: string | null, dryRun: boolean, failure: Failure): RepairResult {
  return {
    cluster,
    dryRun,
    ok: false,
    lock: null,
    orphans: [],
    leftovers: [],
    unknown: [],
    exporting: null,
    problems: [failure],
  };
}

function lockResult(step: LockStep): RepairResult['lock'] {
  if (step.outcome === 'none') return null;
  const lock = holderOf(step);
  const unrepaired = lock && !mayBePaused(lock) ? 'not-paused' : 'unknown';
  return {
    repaired: step.outcome === 'repaired' || step.outcome === 'freed',
    runId: lock?.runId ?? null,
    owner: lock ? describeOwner(lock.owner) : null,
    backupId: lock?.backupId ?? null,
    exporting:
      step.outcome === 'repaired'
        ? step.repaired.exporting
        : step.outcome === 'freed'
          ? step.freed.exporting
          : unrepaired,
    copy: step.outcome === 'freed' ? step.freed.copy : null,
  };
}

function holderOf(step: Exclude<LockStep, { outcome: 'none' }>): Holder | undefined {
  if (step.outcome === 'repaired') return step.repaired.lock;
  return 'holder' in step ? step.holder : step.lock;
}

export function lockSentence(cluster: string, step: LockStep): string {
  switch (step.outcome) {
    case 'none':
      return step.empty
        ? `It is not known here whether a run of ${cluster} has left something.`
        : `There is no lock of ${cluster}: no run is at work, and none was left behind.`;
    case 'repaired': {
      const { lock, exporting } = step.repaired;
      const backup = backupSentence(lock, step.repaired, 'is');
      return `The run ${lock.runId} is repaired. ${resumeSentences[exporting]} ${backup} The lock is free.`;
    }
    case 'repairable': {
      const { lock } = step;
      const what = mayBePaused(lock)
        ? `Exporting would be resumed: it may have been paused since ${lock.pause.requestedAt}.`
        : 'Exporting was not paused by it.';
      const backup = backupSentence(lock, step, 'would be');
      return `The run ${lock.runId} (${describeOwner(lock.owner)}) would be repaired. ${what} ${backup} The lock would be free.`;
    }
    case 'freed':
      return `The lock of ${cluster} could not be read. ${resumeSentences[step.freed.exporting]} A copy of the lock is kept: ${step.freed.copy}. The lock is free.`;
    case 'freeable':
      return `The lock of ${cluster} cannot be read. ${step.url === undefined ? 'A' : `Exporting would be resumed at ${step.url}, a`} copy of the lock would be kept, and the lock would be free.`;
    case 'left':
      return `The lock of ${cluster} is left as it is.`;
  }
}

const resumeSentences: Record<Repaired['exporting'], string> = {
  'not-paused': 'Exporting was not paused by it.',
  answered: 'Exporting is resumed (answered; the phases of the partitions could not all be read back).',
  proven: 'Exporting is resumed (read back on every partition).',
};

function backupSentence(lock: Lock, { manifest, unreadable }: KnownManifest, is: 'is' | 'would be'): string {
  const { runId, backupId } = lock;
  const work = afterwards(lock);
  if (work !== undefined) return work;
  if (backupId === undefined) return 'It had not chosen an id yet.';
  if (unreadable)
    return `It is not known whether its backup ${backupId} is complete: the manifest cannot be read, and stays as it is.`;
  if (manifest?.runId !== runId) return `Its backup ${backupId} had no manifest yet.`;
  // The run died after it had written COMPLETED, and before it freed the lock.
  if (manifest.state === 'COMPLETED') return `Its backup ${backupId} is COMPLETED and stays so.`;
  return `Its backup ${backupId} ${is} marked FAILED.`;
}

export function orphanSentences(orphans: Manifest[], dryRun: boolean): string[] {
  if (orphans.length === 0) return ['No manifest is RUNNING without its run.'];
  return orphans.map(
    ({ backupId, runId, startedAt }) =>
      `The backup ${backupId} (${runId}, since ${startedAt}) was RUNNING and no lock belongs to it: it ${dryRun ? 'would be' : 'is'} marked FAILED.`,
  );
}

export function leftoverLines({ leftovers, asked }: Leftovers): string[] {
  const names = asked.map((component) => titles[component]).join(', ');
  const isOfOthers = ({ kind, state }: Leftover) => kind === 'foreign' && state === 'COMPLETED';
  const ofOthers = leftovers.filter(isOfOthers);
  const left = leftovers.filter((one) => !isOfOthers(one));
  const nothing = asked.length === 0 ? [] : [`Nothing is left over in ${names}.`];
  return [
    ...(left.length === 0 ? nothing : [`Left over in the components (asked: ${names}):`]),
    ...left.flatMap(({ component, backupId, state, why, whatToDo }, index) => {
      const next = left[index + 1];
      // Neighbours with the same remedy share one line with it, below the last of them.
      const goesOn = next?.whatToDo === whatToDo;
      return [
        `  ${backupId}  ${titles[component]}  ${state}: ${why}`,
        ...(goesOn ? [] : [`      What to do: ${whatToDo}`]),
      ];
    }),
    ...othersLines(ofOthers),
  ];
}

const othersShown = 10;

/** Complete backups that others made are not leftovers. There may be thousands of them. */
function othersLines(ofOthers: Leftover[]): string[] {
  const ids = [...new Set(ofOthers.map(({ backupId }) => backupId))];
  if (ids.length === 0) return [];
  const newest = ids.slice(-othersShown);
  const older = ids.length - newest.length;
  const rows = newest.map((id) => {
    const parts = ofOthers.filter(({ backupId }) => backupId === id);
    return `  ${id}  ${parts.map(({ component }) => titles[component]).join(', ')}`;
  });
  return [
    'COMPLETED, and unknown to this ledger (another ledger, another tool or a person made them, and must delete them):',
    ...(older === 0 ? [] : [`  (and ${older} older ones)`]),
    ...rows,
  ];
}

/** `the backup 7 (Optimize, Zeebe), the backup 8 (Zeebe)` */
export function leftoverNames(leftovers: Leftover[]): string {
  const ids = [...new Set(leftovers.map(({ backupId }) => backupId))];
  return ids
    .map((id) => {
      const of = leftovers.filter(({ backupId }) => backupId === id);
      return `the backup ${id} (${of.map(({ component }) => titles[component]).join(', ')})`;
    })
    .join(', ');
}
