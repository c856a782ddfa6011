import { restartAfter } from '../../core/checks/components.ts';
import { policyOf, titles } from '../../core/components/kinds.ts';
import { configuredComponents } from '../../core/components/locate.ts';
import type { ClusterConfig } from '../../core/config/schema.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import { deleteLeftovers } from '../../core/repair/delete-leftovers.ts';
import { findLeftovers, type Leftover, type Leftovers } from '../../core/repair/leftovers.ts';
import { isAgreed } from '../screen/confirm.ts';
import { type LockStep, leftoverLines, leftoverNames } from './report.ts';
import type { Session } from './session.ts';

/** Asks the components for leftovers, which are parts that no backup needs, and prints them. */
export async function componentStep(ended: number[], session: Session): Promise<Leftovers> {
  const { options, asking, interruption, say, problem } = session;
  const { name, cluster } = options.cluster;
  const interrupted = new BackupError(
    'Interrupted',
    'The leftovers are not known: the components were not asked',
  );
  if (interruption.seen) {
    say(`${interrupted.message}.`);
    return noneAsked(cluster, interrupted);
  }
  try {
    const found = await findLeftovers(name, cluster, asking, { ended });
    for (const line of leftoverLines(found)) say(line);
    if (interruption.seen) say('Not all components were asked: the command was interrupted.');
    else for (const one of found.unasked) problem(one.problem);
    return found;
  } catch (error) {
    if (!isBackupError(error)) throw error;
    problem(error);
    return noneAsked(cluster, error);
  }
}

function noneAsked(cluster: ClusterConfig, problem: BackupError): Leftovers {
  const unasked = configuredComponents(cluster).map((component) => ({ component, problem }));
  return { leftovers: [], asked: [], unasked };
}

/** Deletes the leftovers of this ledger's backups, if the user has asked for it and has then agreed. */
export async function deletionStep(
  leftovers: Leftover[],
  lock: LockStep,
  session: Session,
): Promise<Leftover[]> {
  const { options, context, giveUp, interruption, say, problem } = session;
  const { name: cluster } = options.cluster;
  const ours = leftovers.filter(({ kind }) => kind === 'ours');
  if (!options.deleteLeftovers || interruption.seen) return [];
  if (ours.length === 0) {
    say('There is no leftover that may be deleted.');
    return [];
  }
  if (lock.outcome === 'left') {
    say('Nothing is deleted until the lock is repaired.');
    return [];
  }
  if (options.dryRun) {
    say(`Would be deleted: ${leftoverNames(ours)}.`);
    return [];
  }
  const agreed =
    options.yes || (options.ask && (await isAgreed(options.ask, `Delete ${leftoverNames(ours)}?`, giveUp)));
  if (!agreed) {
    say('Nothing was deleted.');
    return [];
  }
  // A signal does not cancel a deletion that has begun: its result would not be known.
  const interrupted = () => interruption.seen !== undefined;
  const { deleted, problems } = await deleteLeftovers(cluster, ours, context, { interrupted });
  say(deleted.length === 0 ? 'Nothing was deleted.' : `Deleted: ${leftoverNames(deleted)}.`);
  const wereAtWork = deleted.filter(
    ({ state, target }) => state === 'IN_PROGRESS' && policyOf(target).remembersDeleted,
  );
  for (const component of new Set(wereAtWork.map((one) => one.component)))
    say(restartAfter(titles[component]));
  for (const one of problems) problem(one);
  return deleted;
}

/** In seconds. A component deletes only after it has answered, and its list stays unreadable until then. */
const looksAgainAfter = [0.5, 1, 2, 4, 8, 15];

/**
 * After a deletion, asks those components again that could not list their backups: the deleted backup may be the one
 * that made the list unreadable.
 */
export async function lookAgain(found: Leftovers, deleted: Leftover[], session: Session): Promise<Leftovers> {
  const { options, context, asking, giveUp, interruption, say, problems } = session;
  const { name, cluster } = options.cluster;
  const unread = found.unasked.filter(
    ({ component, problem }) =>
      isBackupError(problem, 'ListUnreadable') && deleted.some((one) => one.component === component),
  );
  const only = unread.map(({ component }) => component);
  for (const seconds of unread.length === 0 ? [] : looksAgainAfter) {
    await context.clock.sleep(seconds * 1000, giveUp);
    if (interruption.seen) break;
    const again = await findLeftovers(name, cluster, asking, { only });
    if (again.unasked.length > 0) continue;
    say(`${only.map((component) => titles[component]).join(', ')}: the list of backups can be read again.`);
    const solved = unread.map(({ problem }) => problem);
    problems.splice(0, problems.length, ...problems.filter((one) => !solved.includes(one)));
    const isNew = ({ component, backupId }: Leftover) =>
      !found.leftovers.some((one) => one.component === component && one.backupId === backupId);
    const more = again.leftovers.filter(isNew);
    for (const line of leftoverLines({ ...again, leftovers: more })) say(line);
    return {
      leftovers: [...found.leftovers, ...more],
      asked: [...found.asked, ...only],
      unasked: found.unasked.filter((one) => !unread.includes(one)),
    };
  }
  return found;
}
