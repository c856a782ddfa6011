import type { ComponentStatus } from '../components/component.ts';
import { policyOf, titles } from '../components/kinds.ts';
import { openComponent } from '../components/open.ts';
import type { Target } from '../components/target.ts';
import type { Context } from '../context.ts';
import type { BackupError } from '../errors.ts';
import { type Fact, factOf } from './fact.ts';
import { type CheckFinding, thrown } from './finding.ts';
import { type BackupList, isOutOfReach } from './lists.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

type AskedTarget = Pick<Target, 'kind' | 'component'>;

/** One component's answer about the id that the new backup will use. */
export interface IdFact {
  target: AskedTarget;
  status: Fact<ComponentStatus>;
}

/** Asks every component that could not list its backups for this id. The lists of the others have shown their ids. */
export function askForId(backupId: number, lists: BackupList[], context: Needs): Promise<IdFact[]> {
  return Promise.all(
    lists.filter(isOutOfReach).map(async ({ target }) => ({
      target,
      status: await factOf(() => askOne(target, backupId, context)),
    })),
  );
}

async function askOne(target: Target, backupId: number, context: Needs): Promise<ComponentStatus> {
  await using component = await openComponent(target, context);
  return await component.check(backupId);
}

/**
 * Checks that no component has a backup under this id. If that is not known, the backup is refused too, whatever the
 * configuration says, because otherwise a foreign backup could become a part of this one.
 */
export function chosenId(backupId: number, facts: IdFact[]): CheckFinding[] {
  const found = facts.flatMap(({ target, status }) => {
    if (status.unknown) return [idUnknown(target, backupId, status.unknown)];
    const { state, parts } = status.known;
    // Operate answers this for a backup in progress, but also if it cannot read its snapshots at all.
    if (state === 'IN_PROGRESS' && parts.length === 0) return [saysNothing(target, backupId)];
    return state === 'ABSENT' ? [] : [isUsed(target, backupId, state)];
  });
  // If one component uses the id, another id is needed, whatever the other components answer.
  const used = found.find(({ error }) => error === 'BackupIdRefused');
  return used ? [used] : found;
}

function idUnknown(target: AskedTarget, backupId: number, cause: BackupError): CheckFinding {
  const { component } = target;
  const { message, remedy = seeComponentLog(target) } = cause;
  const says = `It is not known whether ${titles[component]} already has a backup ${backupId}: ${message}`;
  return { ...thrown('backupId', component, cause, remedy), says };
}

const seeComponentLog = (target: AskedTarget) =>
  policyOf(target).isInTheSearchEngine
    ? 'Check that the search engine reaches its repository; then start again.'
    : `See the log of ${titles[target.component]}, and check that it reaches its store or repository; then start again.`;

function saysNothing(target: AskedTarget, backupId: number): CheckFinding {
  const { component } = target;
  return {
    name: 'backupId',
    severity: 'error',
    subject: component,
    says: `${titles[component]} cannot list its backups, and does not say whether it has a backup ${backupId}`,
    remedy: seeComponentLog(target),
    error: 'ServerTrouble',
  };
}

function isUsed({ component }: AskedTarget, backupId: number, state: string): CheckFinding {
  return {
    name: 'backupId',
    severity: 'error',
    subject: component,
    says: `${titles[component]} already has a backup ${backupId} (${state})`,
    remedy:
      'Start again without an id, or with an unused one. Find out who else makes backups of this cluster.',
    error: 'BackupIdRefused',
  };
}
