import type { KnownManifest } from '../../core/backup/fail-manifest.ts';
import { type ComponentName, titles } from '../../core/components/kinds.ts';
import type { Proof } from '../../core/components/zeebe/exporting.ts';
import type { BackupError } from '../../core/errors.ts';
import type { Holder } from '../../core/ledger/holder.ts';
import { type Lock, mayBePaused } from '../../core/ledger/lock.ts';
import type { Failure, Manifest } from '../../core/ledger/manifest.ts';
import { describeOwner } from '../../core/ledger/owner.ts';
import { afterwards } from '../../core/ledger/purpose.ts';
import type { Leftover, Leftovers } from '../../core/repair/leftovers.ts';
import type { Repaired } from '../../core/repair/lock.ts';
import type { Freed } from '../../core/repair/unreadable-lock.ts';
import { failureOf } from '../failure.ts';
import type { ExportingSeen } from '../status/exporting-seen.ts';

/** What became of the lock. */
export type LockStep =
  /** `empty`: the ledger knows nothing of the cluster, so that this says nothing. */
  | { outcome: 'none'; empty: BackupError | undefined }
  | { outcome: 'repaired'; repaired: Repaired }
  /** In a dry run. */
  | ({ outcome: 'repairable'; lock: Lock } & KnownManifest)
  /** It could not be read. */
  | { outcome: 'freed'; holder: Holder | undefined; freed: Freed }
  /** The same in a dry run; at `url` exporting would be resumed, where it would be. */
  | { outcome: 'freeable'; holder: Holder | undefined; url: string | undefined }
  /** `lock` is undefined where it cannot be read, or is gone meanwhile. */
  | { outcome: 'left'; lock: Holder | undefined; isReadable: boolean; problem: BackupError };

/** What the cluster showed of exporting, and what `--resume-unexplained` came to. */
export interface ExportingStep {
  seen: ExportingSeen;
  /** null where nothing was resumed by it. */
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
  /** null where an error came before it was known. */
  cluster: string | null;
  dryRun: boolean;
  /** Everything could be put right and seen; what is left over is no failure. */
  ok: boolean;
  /** null where there is none, and where `problems` says why it was not looked at. */
  lock: {
    repaired: boolean;
    runId: string | null;
    owner: string | null;
    backupId: number | null;
    /** `unknown`: it may be paused. */
    exporting: Repaired['exporting'] | 'unknown';
    /** Where the copy of a lock is that could not be read and was freed. */
    copy: string | null;
  } | null;
  /** Manifests that were RUNNING without a run; marked FAILED unless this is a dry run. */
  orphans: { backupId: number; runId: string; startedAt: string }[];
  leftovers: (Omit<Leftover, 'target'> & { deleted: boolean })[];
  /** Components of which it is not known what they have. */
  unknown: ComponentName[];
  /** What the cluster itself shows; null where an error came before it was asked. */
  exporting: (ExportingSeen & { resumed: Proof | null; record: string | null }) | null;
  problems: Failure[];
}

export function resultOf(findings: Findings): RepairResult {
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

/** Of a repair that an error ended before it looked at anything. */
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
        ? `Whether a run of ${cluster} has left something is not known here.`
        : `There is no lock of ${cluster}: no run is at work, and none was left behind.`;
    case 'repaired': {
      const { lock, exporting } = step.repaired;
      const backup = backupSentence(lock, step.repaired, 'is');
      return `The run ${lock.runId} is repaired. ${resumeSentences[exporting]} ${backup} The lock is free.`;
    }
    case 'repairable': {
      const { lock } = step;
      const what = mayBePaused(lock)
        ? `Exporting would be resumed: it may be paused since ${lock.pause.requestedAt}.`
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
    return `Whether its backup ${backupId} is complete is not known: its manifest cannot be read, and stays as it is.`;
  if (manifest?.runId !== runId) return `Its backup ${backupId} had no manifest yet.`;
  // It died between its last two steps.
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
      // What is to be done about several at once is said below the last one.
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

/** Good backups of somebody else are nothing that is left over; there may be thousands of them. */
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
    'COMPLETED, and unknown to this ledger (another ledger, another tool or a person made them; whoever made one deletes it):',
    ...(older === 0 ? [] : [`  (and ${older} older ones)`]),
    ...rows,
  ];
}

/** `the backup 7 (Optimize, Zeebe), the backup 8 (Zeebe)` */
export function namesOf(leftovers: Leftover[]): string {
  const ids = [...new Set(leftovers.map(({ backupId }) => backupId))];
  return ids
    .map((id) => {
      const of = leftovers.filter(({ backupId }) => backupId === id);
      return `the backup ${id} (${of.map(({ component }) => titles[component]).join(', ')})`;
    })
    .join(', ');
}
