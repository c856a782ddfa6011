import type { ListedBackup } from '../../core/inventory/backup.ts';
import type { Cell } from '../screen/table.ts';

/** The colours of the states of backups. */
const coloursOfStates = {
  COMPLETED: 'green',
  INCOMPLETE: 'red',
  DAMAGED: 'red',
  FAILED: 'red',
  RUNNING: 'yellow',
  UNKNOWN: 'yellow',
} as const satisfies Record<ListedBackup['state'], string>;

/** Another tool may have made a complete backup without pausing exporting, so it is not green. */
export function colourOf({ state, madeBy }: ListedBackup): Colour {
  return state === 'COMPLETED' && madeBy !== 'ledger' ? 'yellow' : coloursOfStates[state];
}
type Colour = (typeof coloursOfStates)[ListedBackup['state']];

/** What a verification came to, in the words of the list. */
export const wordsOfVerdicts = {
  proven: { text: 'yes', colour: 'green' },
  inPart: { text: 'in part', colour: 'green' },
  unknown: { text: 'unknown', colour: 'yellow' },
  wrong: { text: 'WRONG', colour: 'red' },
} as const satisfies Record<NonNullable<ListedBackup['verified']>['verdict'], Cell>;

/** Says that this ledger did not make a backup; undefined if it did. */
export function madeByOthers({ madeBy }: ListedBackup): string | undefined {
  return {
    ledger: undefined,
    elsewhere: 'not by this ledger',
    unknown: 'whether by this ledger is not known',
  }[madeBy];
}
