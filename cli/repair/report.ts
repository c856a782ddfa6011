import type { ExportingSeen } from '../../core/checks/exporting-seen.ts';
import type { ComponentName } from '../../core/components/kinds.ts';
import type { Failure } from '../../core/ledger/manifest.ts';
import type {
  LeftoversAnswer,
  LockAnswer,
  OrphansAnswer,
  Part,
  ResumeAnswer,
  ShownLeftover,
} from '../../core/repair/steps/answers.ts';

type Resumed = NonNullable<ResumeAnswer['resumed']>;

/** The state of exporting that the cluster shows, and the result of `--resume-unexplained`. */
export interface ExportingStep {
  seen: ExportingSeen;
  /** null if `--resume-unexplained` resumed nothing. */
  resumed: Resumed | null;
}

/** Everything that a repair found and did. */
export interface Findings {
  cluster: string;
  dryRun: boolean;
  lock: LockAnswer;
  orphans: OrphansAnswer['orphans'];
  components: LeftoversAnswer;
  deleted: Part[];
  exporting: ExportingStep;
  problems: Failure[];
}

/** The object of `--json`. */
export interface RepairResult {
  /** null if an error ended the command before the cluster was known. */
  cluster: string | null;
  dryRun: boolean;
  /** True if everything could be repaired and seen. Leftovers are no failure. */
  ok: boolean;
  /** null if there is no lock, or if `problems` says why the command did not read it. */
  lock: LockAnswer['lock'];
  /** Manifests that were RUNNING without a run. They are marked FAILED now, except in a dry run. */
  orphans: OrphansAnswer['orphans'];
  leftovers: (ShownLeftover & { deleted: boolean })[];
  /** Components whose leftovers are not known. */
  unknown: ComponentName[];
  /** The state that the cluster itself shows; null if an error ended the command before the cluster was asked. */
  exporting: (ExportingSeen & { resumed: Resumed['proof'] | null; record: string | null }) | null;
  problems: Failure[];
}

export function repairResult(findings: Findings): RepairResult {
  const { cluster, dryRun, lock, orphans, components, deleted, exporting, problems } = findings;
  return {
    cluster,
    dryRun,
    ok: problems.length === 0,
    lock: lock.lock,
    orphans,
    leftovers: components.leftovers.map((leftover) => ({
      ...leftover,
      deleted: deleted.some(
        ({ component, backupId }) => component === leftover.component && backupId === leftover.backupId,
      ),
    })),
    unknown: components.unasked.map(({ component }) => component),
    exporting: {
      ...exporting.seen,
      resumed: exporting.resumed?.proof ?? null,
      record: exporting.resumed?.record ?? null,
    },
    problems,
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
