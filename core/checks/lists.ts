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
  /** Sorted by id. Beside an error, those that could be listed all the same. */
  backups: KnownBackup[];
  /** Why not all of them could be listed. */
  error?: BackupError;
}

/** `near` is the id that will be chosen where nobody has a higher one: backups around it are looked for where not all can be listed. */
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
    // What is known is known, also where it is little.
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
 * A list that is there and cannot be had: it takes too long, the store has too many backups or is in trouble, a bad one
 * among them cannot be read. Every other error means that the component has no store, or refuses whoever asks.
 */
export function isOutOfReach({ error }: BackupList): boolean {
  return isBackupError(error, 'Unreachable', 'ServerTrouble', 'UnexpectedAnswer', 'ListUnreadable');
}
