/** What a lock is held for, and what that means for everybody who finds it. */

import type { Lock } from './lock.ts';

/**
 * What becomes of a lock whose owner is gone:
 * - `undo`: exporting is resumed if the owner has paused it, its backup is FAILED, and the lock is free.
 * - `free`: the lock is free. The cluster gets no call.
 * - `keep`: nothing, with whatever force. Only the command that took the lock knows in which state it left the cluster.
 */
export type WhenOwnerIsGone = 'undo' | 'free' | 'keep';

interface Purpose {
  whenOwnerIsGone: WhenOwnerIsGone;
  /** Who holds the lock, as a part of a sentence: before an id is known, and before an id. */
  who: string;
  whoOf: string;
  /** What comes of the work of a dead owner, as a sentence, if that is not a matter of its backup. */
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

/** A newer version has written it: what its dead owner left is not known here, so nobody touches it. */
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

/** Whether anybody but its own command may do something about a lock whose owner is gone. */
export const mayBeTakenOver = (lock: Pick<Held, 'purpose'>): boolean => whenOwnerIsGone(lock) !== 'keep';

/** `the backup 7`, `a restore` */
export function whoHolds(lock: Held): string {
  const { who, whoOf } = purposeOf(lock);
  return lock.backupId === undefined ? who : `${whoOf} ${lock.backupId}`;
}

export const afterwards = (lock: Pick<Held, 'purpose'>): string | undefined => purposeOf(lock).afterwards;

/** What people are told to do about a lock that is kept for its own command. */
export const goOnWithIt =
  'Only the command that took this lock goes on with it or gives it up: no repair, watchdog or next run changes it. If this version of camunda-backup has no such command, use the version that took it.';
