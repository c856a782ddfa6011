/** The purposes of locks, and their meaning for a process that finds a lock. */

import type { Lock } from './lock.ts';

/**
 * The treatment of a lock whose owner is gone:
 * - `undo`: a repair resumes exporting if the owner has paused it, marks its backup FAILED and frees the lock.
 * - `free`: a repair frees the lock and sends no call to the cluster.
 * - `keep`: the lock stays, even with force. Only the command that took it knows in which state it left the cluster.
 */
export type WhenOwnerIsGone = 'undo' | 'free' | 'keep';

interface Purpose {
  whenOwnerIsGone: WhenOwnerIsGone;
  /** The holder of the lock, as a part of a sentence: `who` without an id, `whoOf` before an id. */
  who: string;
  whoOf: string;
  /** What happens to the work of a dead owner, as a sentence, unless its backup shows it. */
  afterwards?: string;
}

const purposes = new Map<string, Purpose>([
  ['backup', { whenOwnerIsGone: 'undo', who: 'a run', whoOf: 'the backup' }],
  [
    'delete',
    {
      whenOwnerIsGone: 'free',
      who: 'a deletion',
      whoOf: 'the deletion of the backup',
      afterwards: 'The next deletion finishes what this one has begun.',
    },
  ],
  ['restore', { whenOwnerIsGone: 'keep', who: 'a restore', whoOf: 'the restore of the backup' }],
]);

/** The purpose of a newer version. The state that its dead owner left is not known here, so the lock is kept. */
const unknownPurpose = (purpose: string): Purpose => ({
  whenOwnerIsGone: 'keep',
  who: `a run for the purpose "${purpose}"`,
  whoOf: `a run for the purpose "${purpose}" of the backup`,
});

type Held = Pick<Lock, 'purpose' | 'backupId'>;

const purposeOf = ({ purpose }: Pick<Held, 'purpose'>): Purpose =>
  purposes.get(purpose) ?? unknownPurpose(purpose);

export const whenOwnerIsGone = (lock: Pick<Held, 'purpose'>): WhenOwnerIsGone =>
  purposeOf(lock).whenOwnerIsGone;

/** True if a repair may change a lock whose owner is gone. */
export const mayBeTakenOver = (lock: Pick<Held, 'purpose'>): boolean => whenOwnerIsGone(lock) !== 'keep';

/** `the backup 7`, `a restore` */
export function whoHolds(lock: Held): string {
  const { who, whoOf } = purposeOf(lock);
  return lock.backupId === undefined ? who : `${whoOf} ${lock.backupId}`;
}

export const afterwards = (lock: Pick<Held, 'purpose'>): string | undefined => purposeOf(lock).afterwards;

/** The remedy for a lock that is kept for its own command. */
export const goOnWithIt =
  'Only the command that took this lock can continue or give it up: no repair, watchdog or next run changes it. If this version of camunda-backup has no such command, use the version that took it.';
