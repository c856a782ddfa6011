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

type Asked = Pick<Target, 'kind' | 'component'>;

/** What one component says of the id of the backup that is going to be made. */
export interface IdFact {
  target: Asked;
  status: Fact<ComponentStatus>;
}

/** Asks every component whose list cannot be had for this id. The others have shown already which ids they have. */
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
 * No component may have a backup under this id. What is not known of it refuses too, whatever the configuration says: a
 * backup of somebody else could become a part of this one.
 */
export function chosenId(backupId: number, facts: IdFact[]): CheckFinding[] {
  const found = facts.flatMap(({ target, status }) => {
    if (status.unknown) return [idUnknown(target, backupId, status.unknown)];
    const { state, parts } = status.known;
    // What Operate says of an id that it is working on, and also where it cannot look at all.
    if (state === 'IN_PROGRESS' && parts.length === 0) return [saysNothing(target, backupId)];
    return state === 'ABSENT' ? [] : [isUsed(target, backupId, state)];
  });
  // Another id is needed in any case, whatever the others would say of this one.
  const used = found.find(({ error }) => error === 'BackupIdRefused');
  return used ? [used] : found;
}

function idUnknown(target: Asked, backupId: number, cause: BackupError): CheckFinding {
  const { component } = target;
  const { message, remedy = seeLog(target) } = cause;
  const says = `Whether ${titles[component]} has a backup ${backupId} already is not known: ${message}`;
  return { ...thrown('backupId', component, cause, remedy), says };
}

const seeLog = (target: Asked) =>
  policyOf(target).isInTheSearchEngine
    ? 'See whether the search engine reaches its repository; then start again.'
    : `See the log of ${titles[target.component]}, and whether it reaches its store or repository; then start again.`;

function saysNothing(target: Asked, backupId: number): CheckFinding {
  const { component } = target;
  return {
    name: 'backupId',
    severity: 'error',
    subject: component,
    says: `${titles[component]} cannot list its backups, and does not say whether it has a backup ${backupId}`,
    remedy: seeLog(target),
    error: 'ServerTrouble',
  };
}

function isUsed({ component }: Asked, backupId: number, state: string): CheckFinding {
  return {
    name: 'backupId',
    severity: 'error',
    subject: component,
    says: `${titles[component]} has a backup ${backupId} already (${state})`,
    remedy:
      'Start again without an id of your own, or with one that nobody uses. Find out who else makes backups of this cluster.',
    error: 'BackupIdRefused',
  };
}
