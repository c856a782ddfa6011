import type { ListedBackup } from '../../core/inventory/backup.ts';

/** The colours of the states of backups. */
export const coloursOfStates = {
  COMPLETED: 'green',
  INCOMPLETE: 'red',
  DAMAGED: 'red',
  FAILED: 'red',
  RUNNING: 'yellow',
  UNKNOWN: 'yellow',
} as const satisfies Record<ListedBackup['state'], string>;

/** Says that this ledger did not make a backup; undefined if it did. */
export function madeByOthers({ madeBy }: ListedBackup): string | undefined {
  return {
    ledger: undefined,
    elsewhere: 'not by this ledger',
    unknown: 'whether by this ledger is not known',
  }[madeBy];
}
