import type { Component } from '../components/component.ts';
import { type ComponentName, titles } from '../components/kinds.ts';
import { BackupError, isBackupError } from '../errors.ts';

/**
 * An application remembers in its memory that it takes a backup, and up to some patches of 8.8 it does not forget one
 * that failed (camunda#43104): then it refuses every other until it is restarted, while its list shows none at work.
 * One look is no proof: the other backup may have ended a moment ago, or be between two of its parts (INCOMPLETE).
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
      remedy: `Restart ${title}, every replica of it: it remembers a backup that has ended, and nothing else makes it forget. Then start again.`,
    },
  );
}
