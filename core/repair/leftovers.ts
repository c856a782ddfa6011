import type { Component, KnownBackup } from '../components/component.ts';
import { type ComponentName, policyOf, titles } from '../components/kinds.ts';
import { askedTwice, locateComponents, type Unanswered } from '../components/locate.ts';
import { openComponent } from '../components/open.ts';
import type { Target } from '../components/target.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { isStartedBy } from '../delete/failed.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Holder } from '../ledger/lock/holder.ts';
import { readsAtOnce } from '../ledger/manifests.ts';
import { type ManifestOrProblem, readManifestsOrProblems } from '../ledger/read-manifests.ts';
import { sideBySide } from '../side-by-side.ts';

type Needs = Pick<Context, 'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'commands'>;

/** A part of a backup in a component that no backup needs, or that should not exist. */
export interface Leftover {
  component: ComponentName;
  backupId: number;
  state: KnownBackup['state'];
  /**
   * `ours`: its backup FAILED, and the backup's run started it. `unproven`: its backup FAILED, and it is not known who
   * started it. `complete`: its backup is COMPLETED. `foreign`: this ledger has no manifest; a COMPLETED one may be a
   * good backup of another tool. `unknown`: its manifest cannot be read. Only `ours` is ever deleted.
   */
  kind: 'ours' | 'unproven' | 'complete' | 'foreign' | 'unknown';
  why: string;
  whatToDo: string;
  target: Target;
}

export interface Leftovers {
  /** Sorted by id, then by component. */
  leftovers: Leftover[];
  /** The components that were asked successfully. */
  asked: ComponentName[];
  unasked: Unanswered[];
}

export interface Search {
  /** Backups that count as FAILED and whose lock counts as free, because a dry run assumes that they are repaired. */
  ended?: number[];
  /** The components to ask; the default is all. */
  only?: ComponentName[] | undefined;
}

/** Compares the backups of every component with the ledger. It changes nothing. */
export async function findLeftovers(
  cluster: string,
  config: ClusterConfig,
  context: Needs,
  { ended = [], only }: Search = {},
): Promise<Leftovers> {
  const { ledger } = context;
  const located = await locateComponents(config, context, only);
  const unasked = located.flatMap(({ component, problem }) => (problem ? [{ component, problem }] : []));
  const targets = located.flatMap(({ target }) => target ?? []);
  const lists = await Promise.all(
    targets.map(async (target): Promise<ListedBackup[]> => {
      try {
        return await askedTwice(() => listBackups(target, context));
      } catch (problem) {
        if (!isBackupError(problem)) throw problem;
        unasked.push({ component: target.component, problem });
        return isBackupError(problem, 'ListUnreadable', 'BackupIdRefused')
          ? askForFailed(cluster, target, context)
          : [];
      }
    }),
  );
  const seen = lists.flat().sort((a, b) => a.backupId - b.backupId);
  // The ledger is read after the lists, because a new backup is in the ledger before it is in a component. Leftovers
  // are shown even if the lock cannot be read; then nothing is deleted.
  const lock = await ledger.readHolderIfPossible(cluster);
  const ids = [...new Set(seen.map(({ backupId }) => backupId))];
  const manifests = await readManifestsOrProblems(cluster, ids, context);
  const settled = await withStates(seen, manifests, context);
  const judged = await sideBySide(settled, readsAtOnce, (one) => {
    const hasEnded = ended.includes(one.backupId);
    const found = manifests.get(one.backupId);
    return isAtWork(one.backupId, found, lock) && !hasEnded
      ? Promise.resolve(undefined)
      : leftoverOf(one, cluster, found, context);
  });
  const failed = new Set(unasked.map(({ component }) => component));
  return {
    leftovers: judged.filter((one) => one !== undefined),
    asked: targets.map(({ component }) => component).filter((component) => !failed.has(component)),
    unasked,
  };
}

interface ListedBackup extends KnownBackup {
  target: Target;
  /** The call that deletes it, for a person who pastes it into a shell. */
  byHand: string;
}

async function listBackups(target: Target, context: Needs): Promise<ListedBackup[]> {
  await using component = await openComponent(target, context);
  const known = (await component.list()).filter(({ state }) => state !== 'ABSENT');
  return known.map((one) => ({ ...one, target, byHand: component.deleteCall(one.backupId) }));
}

/**
 * Asks a component that cannot list its backups for each backup that a failed run of this ledger has started, because
 * one of them may be the reason. Backups that are not in the ledger stay unknown.
 */
async function askForFailed(cluster: string, target: Target, context: Needs): Promise<ListedBackup[]> {
  const { ledger } = context;
  const manifests = await readManifestsOrProblems(cluster, await ledger.backupIds(cluster), context);
  const failed = [...manifests.values()].flatMap((found) =>
    found && !(found instanceof BackupError) && found.state === 'FAILED' ? [found] : [],
  );
  await using component = await openComponent(target, context);
  const seen = await sideBySide(failed, readsAtOnce, async (found): Promise<ListedBackup | undefined> => {
    const { backupId } = found;
    if (!isStartedBy(found, await readEntryIfGood(cluster, backupId, target.component, ledger)))
      return undefined;
    const state = await askForState(component, backupId);
    if (state === undefined || state === 'ABSENT') return undefined;
    return { backupId, state, target, byHand: component.deleteCall(backupId) };
  });
  return seen.filter((one) => one !== undefined);
}

/** Reads the state of one backup; undefined if the component does not report it. */
async function askForState(
  component: Component,
  backupId: number,
): Promise<KnownBackup['state'] | undefined> {
  try {
    return (await component.check(backupId)).state;
  } catch (error) {
    if (isBackupError(error)) return undefined;
    throw error;
  }
}

/**
 * Adds the states of backups from lists that contain only names. A backup that is COMPLETED in the ledger is not asked
 * for, because its state does not matter.
 */
async function withStates(
  seen: ListedBackup[],
  manifests: Map<number, ManifestOrProblem>,
  context: Needs,
): Promise<ListedBackup[]> {
  const isUnclear = ({ target, backupId, state }: ListedBackup) => {
    const found = manifests.get(backupId);
    const isGood = found !== undefined && !(found instanceof BackupError) && found.state === 'COMPLETED';
    return policyOf(target).listsOnlyNames && state === 'UNKNOWN' && !isGood;
  };
  const unclear = seen.filter(isUnclear);
  const states = new Map<ListedBackup, KnownBackup['state']>();
  await Promise.all(
    [...new Set(unclear.map(({ target }) => target))].map(async (target) => {
      await using component = await openComponent(target, context);
      const ofTarget = unclear.filter((one) => one.target === target);
      await sideBySide(ofTarget, readsAtOnce, async (one) => {
        const state = await askForState(component, one.backupId);
        if (state !== undefined) states.set(one, state);
      });
    }),
  );
  return seen
    .map((one) => ({ ...one, state: states.get(one) ?? one.state }))
    .filter(({ state }) => state !== 'ABSENT');
}

/** True if a run may still use the backup: the lock names it, even if it is FAILED already, or it is RUNNING. */
function isAtWork(backupId: number, found: ManifestOrProblem, lock: Holder | undefined): boolean {
  const running = found !== undefined && !(found instanceof BackupError) && found.state === 'RUNNING';
  return running || lock?.backupId === backupId;
}

async function leftoverOf(
  { target, backupId, state, byHand }: ListedBackup,
  cluster: string,
  found: ManifestOrProblem,
  { ledger, commands }: Needs,
): Promise<Leftover | undefined> {
  const { component } = target;
  const as = (kind: Leftover['kind'], why: string, whatToDo: string): Leftover => ({
    component,
    backupId,
    state,
    kind,
    why,
    whatToDo,
    target,
  });
  const running = state === 'IN_PROGRESS';
  if (found === undefined) {
    const why = 'this ledger does not know it: another ledger, another tool or a person made it';
    // It may be a good backup of another tool, so the report offers no command that deletes it.
    if (state === 'COMPLETED') return as('foreign', why, 'Nothing. Its creator deletes it.');
    const first = running ? 'Find out who is making it (two ledgers, another tool). ' : '';
    return as('foreign', why, `${first}If it is not needed, delete it by hand: ${byHand}`);
  }
  if (found instanceof BackupError) {
    const remedy = found.remedy ? ` ${found.remedy}` : '';
    return as('unknown', 'its manifest cannot be read', `Do not delete it yet. ${found.message}.${remedy}`);
  }
  if (found.state === 'COMPLETED') {
    if (!running) return undefined;
    return as(
      'complete',
      `${titles[component]} works on it although its backup was seen complete`,
      `Do not delete it: the backup is COMPLETED. See the log of ${titles[component]}; if it does not end, make a new backup.`,
    );
  }
  const still = running ? 'still at work, although' : 'a part is left, and';
  const failed = `its backup FAILED${found.failure ? ` (${found.failure.error})` : ''}`;
  // A backup is RUNNING here only in a dry run, whose repair would mark it FAILED.
  const why = `${still} ${found.state === 'RUNNING' ? 'the run of its backup is gone' : failed}`;
  if (isStartedBy(found, await readEntryIfGood(cluster, backupId, component, ledger))) {
    return as('ours', why, commands.repair(cluster, { deleteLeftovers: true }));
  }
  return as(
    'unproven',
    `${why}; it is not known whether its run started this`,
    `If no other tool or person made it, delete it by hand: ${byHand}`,
  );
}

/** Reads an entry; undefined if it is unreadable, because then it proves nothing. */
async function readEntryIfGood(
  cluster: string,
  backupId: number,
  component: ComponentName,
  ledger: Needs['ledger'],
) {
  try {
    return await ledger.readEntry(cluster, backupId, component);
  } catch (error) {
    if (isBackupError(error, 'LedgerCorrupt')) return undefined;
    throw error;
  }
}
