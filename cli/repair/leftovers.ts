import { titles } from '../../core/components/kinds.ts';
import type { LeftoversAnswer, LockAnswer, Part, ShownLeftover } from '../../core/repair/steps/answers.ts';
import { leftoverLines, leftoverNames } from '../../core/repair/steps/leftovers.ts';
import { isAgreed } from '../screen/confirm.ts';
import { type Session, tell } from './session.ts';

/** Asks the components for leftovers, which are parts that no backup needs, and prints them. */
export async function componentStep(ended: number[], session: Session): Promise<LeftoversAnswer> {
  const { steps, components, interruption, say, problem } = session;
  if (interruption.seen) {
    const message = 'The leftovers are not known: the components were not asked';
    say(`${message}.`);
    const unasked = components.map((component) => ({
      component,
      problem: { error: 'Interrupted', message },
    }));
    return { problems: [], leftovers: [], asked: [], unasked };
  }
  const found = await steps.leftovers({ ended });
  for (const line of leftoverLines(found)) say(line);
  for (const one of found.problems) problem(one);
  if (interruption.seen) say('Not all components were asked: the command was interrupted.');
  else for (const one of found.unasked) problem(one.problem);
  return found;
}

/** Deletes the leftovers of this ledger's backups, if the user has asked for it and has then agreed. */
export async function deletionStep(
  leftovers: ShownLeftover[],
  { outcome }: LockAnswer,
  session: Session,
): Promise<Part[]> {
  const { options, steps, giveUp, interruption, say } = session;
  const ours = leftovers.filter(({ kind }) => kind === 'ours');
  if (!options.deleteLeftovers || interruption.seen) return [];
  if (ours.length === 0) {
    say('There is no leftover that may be deleted.');
    return [];
  }
  if (outcome === 'left') {
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
  const answer = await steps.delete(ours.map(({ component, backupId }) => ({ component, backupId })));
  tell(answer, session);
  return answer.deleted;
}

/** In seconds. A component deletes only after it has answered, and its list stays unreadable until then. */
const looksAgainAfter = [0.5, 1, 2, 4, 8, 15];

/**
 * After a deletion, asks those components again that could not list their backups: the deleted backup may be the one
 * that made the list unreadable.
 */
export async function lookAgain(
  found: LeftoversAnswer,
  deleted: Part[],
  session: Session,
): Promise<LeftoversAnswer> {
  const { steps, clock, giveUp, interruption, say, problems } = session;
  const unread = found.unasked.filter(
    ({ component, problem }) =>
      problem.error === 'ListUnreadable' && deleted.some((one) => one.component === component),
  );
  const only = unread.map(({ component }) => component);
  for (const seconds of unread.length === 0 ? [] : looksAgainAfter) {
    await clock.sleep(seconds * 1000, giveUp);
    if (interruption.seen) break;
    const again = await steps.leftovers({ only });
    if (again.problems.length + again.unasked.length > 0) continue;
    say(`${only.map((component) => titles[component]).join(', ')}: the list of backups can be read again.`);
    const solved = unread.map(({ problem }) => problem.message);
    problems.splice(0, problems.length, ...problems.filter(({ message }) => !solved.includes(message)));
    const isNew = ({ component, backupId }: ShownLeftover) =>
      !found.leftovers.some((one) => one.component === component && one.backupId === backupId);
    const more = again.leftovers.filter(isNew);
    for (const line of leftoverLines({ ...again, leftovers: more })) say(line);
    return {
      problems: found.problems,
      leftovers: [...found.leftovers, ...more],
      asked: [...found.asked, ...only],
      unasked: found.unasked.filter((one) => !unread.includes(one)),
    };
  }
  return found;
}
