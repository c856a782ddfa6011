import { restartAfter } from '../../checks/components.ts';
import { type ComponentName, policyOf, titles } from '../../components/kinds.ts';
import { configuredComponents } from '../../components/locate.ts';
import type { ClusterConfig } from '../../config/schema.ts';
import type { Context } from '../../context.ts';
import { isBackupError } from '../../errors.ts';
import { deleteLeftovers } from '../delete-leftovers.ts';
import { findLeftovers, type Leftover } from '../leftovers.ts';
import {
  type DeletionAnswer,
  type LeftoversAnswer,
  type Part,
  problemOf,
  type ShownLeftover,
} from './answers.ts';

export interface LeftoversRequest {
  /** Backups that count as FAILED, because a dry run assumes that they are repaired. */
  ended?: number[] | undefined;
  /** The components to ask; the default is all. */
  only?: ComponentName[] | undefined;
}

/** Asks the components for leftovers, which are parts that no backup needs. `found` gets them with their targets. */
export async function leftoversOf(
  cluster: string,
  config: ClusterConfig,
  { ended = [], only }: LeftoversRequest,
  context: Context,
  found: (leftovers: Leftover[]) => void = () => undefined,
): Promise<LeftoversAnswer> {
  try {
    const { leftovers, asked, unasked } = await findLeftovers(cluster, config, context, { ended, only });
    found(leftovers);
    return {
      problems: [],
      leftovers: leftovers.map(({ target: _, ...shown }) => shown),
      asked,
      unasked: unasked.map(({ component, problem }) => ({ component, problem: problemOf(problem) })),
    };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    const problem = problemOf(error);
    return {
      problems: [problem],
      leftovers: [],
      asked: [],
      unasked: configuredComponents(config).map((component) => ({ component, problem })),
    };
  }
}

/** Deletes leftovers of this ledger's backups, after a person has agreed. */
export async function deleteLeftoversOf(
  cluster: string,
  ours: Leftover[],
  context: Context,
  interrupted: () => boolean = () => false,
): Promise<DeletionAnswer> {
  const { deleted, problems } = await deleteLeftovers(cluster, ours, context, { interrupted });
  const wereAtWork = deleted.filter(
    ({ state, target }) => state === 'IN_PROGRESS' && policyOf(target).remembersDeleted,
  );
  return {
    says: [
      deleted.length === 0 ? 'Nothing was deleted.' : `Deleted: ${leftoverNames(deleted)}.`,
      ...[...new Set(wereAtWork.map(({ component }) => component))].map((component) =>
        restartAfter(titles[component]),
      ),
    ],
    problems: problems.map(problemOf),
    deleted: deleted.map(({ component, backupId }) => ({ component, backupId })),
  };
}

/**
 * Deletes the named leftovers, as far as they still are leftovers of this ledger's backups. The same call a second time
 * finds nothing to delete.
 */
export async function deleteNamedLeftovers(
  cluster: string,
  config: ClusterConfig,
  parts: Part[],
  context: Context,
): Promise<DeletionAnswer> {
  const only = [...new Set(parts.map(({ component }) => component))];
  const { leftovers, unasked } = await findLeftovers(cluster, config, context, { only });
  const ours = leftovers.filter(
    (one) =>
      one.kind === 'ours' &&
      parts.some(({ component, backupId }) => component === one.component && backupId === one.backupId),
  );
  const answer = await deleteLeftoversOf(cluster, ours, context);
  // A list that cannot be read is not in the way of a deletion: its failed backups were asked for one by one.
  const silent = unasked.filter(({ problem }) => !isBackupError(problem, 'ListUnreadable'));
  return {
    ...answer,
    problems: [...silent.map(({ problem }) => problemOf(problem)), ...answer.problems],
  };
}

export function leftoverLines({ leftovers, asked }: Pick<LeftoversAnswer, 'leftovers' | 'asked'>): string[] {
  const names = asked.map((component) => titles[component]).join(', ');
  const isOfOthers = ({ kind, state }: ShownLeftover) => kind === 'foreign' && state === 'COMPLETED';
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
function othersLines(ofOthers: ShownLeftover[]): string[] {
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
export function leftoverNames(leftovers: Part[]): string {
  const ids = [...new Set(leftovers.map(({ backupId }) => backupId))];
  return ids
    .map((id) => {
      const of = leftovers.filter(({ backupId }) => backupId === id);
      return `the backup ${id} (${of.map(({ component }) => titles[component]).join(', ')})`;
    })
    .join(', ');
}
