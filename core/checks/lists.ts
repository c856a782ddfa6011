import { type Component, type ComponentName, type KnownBackup, titles } from '../components/component.ts';
import { withComponent } from '../components/open.ts';
import type { CamundaTarget, RecordsTarget } from '../components/target.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { adviceFor } from '../remedies.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** What belongs to the run that looks: it may look once more when it has begun. */
export interface Ours {
  runId: string;
  /** The backups that this run makes, or has made in the try before. */
  ids: (number | undefined)[];
  /** This run may have paused exporting itself. */
  paused: boolean;
  /** The command that deletes what failed backups of this ledger have left. */
  deleteLeftovers: string;
  /** The command that ends a pause of exporting that nobody needs. */
  resume: string;
  /** Every id that the ledger of this cluster has. */
  ledgerIds: number[];
  /** The id that will be chosen where nobody has a higher one. */
  near: number;
}

/** The backups of one component. */
export interface BackupList {
  target: CamundaTarget | RecordsTarget;
  /** Sorted by id. Beside an error, those that could be listed all the same. */
  backups: KnownBackup[];
  /** Why not all of them could be listed. */
  error?: BackupError;
}

export async function listBackups(
  target: CamundaTarget | RecordsTarget,
  { runId, near }: Ours,
  context: Needs,
): Promise<BackupList> {
  const ask = <T>(use: (component: Component) => Promise<T>) => withComponent(target, runId, context, use);
  try {
    return { target, backups: await ask((component) => component.list()) };
  } catch (error) {
    const list = { target, backups: [], error: onlyBackupErrors(error) };
    if (!isOutOfReach(list)) return list;
    // What is known is known, also where it is little.
    try {
      return { ...list, backups: await ask(async (component) => component.listSome?.(near) ?? []) };
    } catch (second) {
      const some = onlyBackupErrors(second);
      return isBackupError(some, 'BackupIdRefused') ? { ...list, error: some } : list;
    }
  }
}

/** Anything else is a defect, and no finding. */
export function onlyBackupErrors(error: unknown): BackupError {
  if (isBackupError(error)) return error;
  throw error;
}

/**
 * A list that is there and cannot be had: it takes too long, the store has too many backups or is in trouble, a bad one
 * among them cannot be read. Every other error means that the component has no store, or refuses whoever asks.
 */
function isOutOfReach({ error }: BackupList): boolean {
  return isBackupError(error, 'Unreachable', 'ServerTrouble', 'UnexpectedAnswer', 'ListUnreadable');
}

/** A component that refuses to list its backups has no store or repository. */
export function refusedLists(lists: BackupList[], ...components: ComponentName[]): BackupError[] {
  return lists.flatMap((list) =>
    list.error &&
    !isOutOfReach(list) &&
    !isBackupError(list.error, 'BackupIdRefused') &&
    components.includes(list.target.component)
      ? [list.error]
      : [],
  );
}

/** Of a list with an id above which there is none: no backup can have one. */
export function endedIds(lists: BackupList[]): BackupError[] {
  return lists.flatMap(({ error }) => (isBackupError(error, 'BackupIdRefused') ? [error] : []));
}

/** A list is good to have. Without it the id is asked for by itself, and the component refuses a second backup itself. */
export function missingLists(lists: BackupList[], { deleteLeftovers }: Ours): string[] {
  return lists.flatMap((list) => {
    const { target, error } = list;
    if (!error || !isOutOfReach(list)) return [];
    const sentence = `A second backup could not be excluded: ${titles[target.component]} cannot list its backups: ${error.message}`;
    if (!isBackupError(error, 'ListUnreadable')) return [sentence];
    return [
      `${sentence}. ${error.remedy} Where a failed run has left it, this deletes it: ${deleteLeftovers}`,
    ];
  });
}

/** An application may go on remembering a backup that was deleted under its hands. */
export function restartAfter(title: string): string {
  return `Where ${title} still says after that that another backup is running, restart it, every replica.`;
}

/** This run has the lock: whatever else a run of this ledger has started, that run is over. */
export function busy(
  { target, backups }: BackupList,
  { ids, ledgerIds, deleteLeftovers }: Ours,
): BackupError[] {
  const title = titles[target.component];
  return backups
    .filter(({ backupId, state }) => state === 'IN_PROGRESS' && !ids.includes(backupId))
    .map(({ backupId }) => {
      const isOurs = ledgerIds.includes(backupId);
      const whose = isOurs
        ? 'which a run of this ledger has started that is over'
        : 'which this ledger does not know: another ledger, another tool or a person started it';
      const end = isOurs
        ? `If it does not end, delete it: ${deleteLeftovers}`
        : `If nobody is taking it any more, delete it from ${title}.`;
      return new BackupError(
        'ComponentBusy',
        `${title} at ${target.url} is taking the backup ${backupId} (IN_PROGRESS), ${whose}`,
        {
          remedy: `Wait until it has ended, and start again. ${end}${target.component === 'records' ? '' : `\n${restartAfter(title)}`}`,
        },
      );
    });
}

/**
 * Asks every component whose list cannot be had for the backup that is going to be made: it must not have one under
 * this id. Returns what could not be known of it. That refuses whatever the configuration says: a backup of somebody
 * else could become a part of this one. Throws BackupIdRefused.
 */
export async function askForId(
  backupId: number,
  lists: BackupList[],
  { runId }: Ours,
  context: Needs,
): Promise<BackupError[]> {
  const found = await Promise.all(
    lists.filter(isOutOfReach).map(async ({ target }) => {
      const ask = withComponent(target, runId, context, (component) => component.check(backupId));
      const seen = await ask.catch(onlyBackupErrors);
      if (seen instanceof BackupError) return idUnknown(target.component, backupId, seen);
      // What Operate says of an id that it is working on, and also where it cannot look at all.
      if (seen.state === 'IN_PROGRESS' && seen.parts.length === 0) {
        return saysNothing(target.component, backupId);
      }
      if (seen.state !== 'ABSENT') throw isUsed(target.component, backupId, seen.state);
      return undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

function idUnknown(component: ComponentName, backupId: number, cause: BackupError): BackupError {
  const { name, message, status } = cause;
  const remedy = cause.remedy ?? adviceFor(message) ?? seeLog(component);
  return new BackupError(
    name,
    `Whether ${titles[component]} has a backup ${backupId} already is not known: ${message}`,
    { cause, remedy, ...(status ? { status } : {}) },
  );
}

const seeLog = (component: ComponentName) =>
  component === 'records'
    ? 'See whether the search engine reaches its repository; then start again.'
    : `See the log of ${titles[component]}, and whether it reaches its store or repository; then start again.`;

function saysNothing(component: ComponentName, backupId: number): BackupError {
  return new BackupError(
    'ServerTrouble',
    `${titles[component]} cannot list its backups, and does not say whether it has a backup ${backupId}`,
    { remedy: seeLog(component) },
  );
}

function isUsed(component: ComponentName, backupId: number, state: string): BackupError {
  return new BackupError(
    'BackupIdRefused',
    `${titles[component]} has a backup ${backupId} already (${state})`,
    {
      remedy:
        'Start again without an id of your own, or with one that nobody uses. Find out who else makes backups of this cluster.',
    },
  );
}
