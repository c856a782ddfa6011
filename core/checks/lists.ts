import type { KnownBackup } from '../components/component.ts';
import { openComponent } from '../components/open.ts';
import type { Target } from '../components/target.ts';
import type { Context } from '../context.ts';
import { type BackupError, isBackupError } from '../errors.ts';
import { onlyBackupErrors } from './fact.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** The backups of one component. */
export interface BackupList {
  target: Target;
  /** Sorted by id. If there is an error, only the backups that could still be listed. */
  backups: KnownBackup[];
  /** The reason why not all of them could be listed. */
  error?: BackupError;
}

/**
 * Lists a component's backups. If that fails, it lists those around `near`, the id that will be chosen unless a
 * component has a higher one.
 */
export async function listBackups(
  target: Target,
  { near }: { near: number },
  context: Needs,
): Promise<BackupList> {
  try {
    await using component = await openComponent(target, context);
    return { target, backups: await component.list() };
  } catch (error) {
    const list = { target, backups: [], error: onlyBackupErrors(error) };
    if (!isOutOfReach(list)) return list;
    // An incomplete list is better than none.
    try {
      await using component = await openComponent(target, context);
      return { ...list, backups: (await component.listSome?.(near)) ?? [] };
    } catch (second) {
      const some = onlyBackupErrors(second);
      return isBackupError(some, 'BackupIdRefused') ? { ...list, error: some } : list;
    }
  }
}

/**
 * True if the component has a list that cannot be read: the answer takes too long, the store has too many backups or is
 * in trouble, or one of the backups is damaged. Every other error means that the component has no store or refuses the
 * request.
 */
export function isOutOfReach({ error }: BackupList): boolean {
  return isBackupError(error, 'Unreachable', 'ServerTrouble', 'UnexpectedAnswer', 'ListUnreadable');
}
