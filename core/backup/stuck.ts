import type { Component } from '../components/component.ts';
import { type ComponentName, titles } from '../components/kinds.ts';
import { BackupError, isBackupError } from '../errors.ts';

/**
 * True if an application's own list shows no backup at work. An application keeps the backup that it takes in its
 * memory. Before a patch of 8.8, it kept a failed one for ever (https://github.com/camunda/camunda/issues/43104), and
 * refused every other backup until a restart. One look is no proof: another backup may have just ended, or may be
 * between two of its parts (INCOMPLETE).
 */
export async function showsNoneAtWork(component: Component): Promise<boolean> {
  try {
    return (await component.list()).every(({ state }) => state !== 'IN_PROGRESS');
  } catch (error) {
    if (isBackupError(error)) return false;
    throw error;
  }
}

export function stuck(component: ComponentName, busy: BackupError): BackupError {
  const title = titles[component];
  return new BackupError(
    'ComponentStuck',
    `${title} says that another backup is running, and its own list has twice shown none at work: ${busy.message}`,
    {
      ...(busy.status === undefined ? {} : { status: busy.status }),
      cause: busy,
      remedy: `Restart every replica of ${title}: it remembers a backup that has ended, and only a restart makes it forget. Then start a new backup.`,
    },
  );
}
