import { backup } from '../../statemachine/backup-procedure.ts';

const atOnce = 10;

/**
 * What the state machine waits for before it repeats a state or tries the backup again is over at once. The looks at a
 * component come when they are due.
 */
export const shortWaits = {
  waitTimeOverrides: { WaitBeforeTheNextTry: atOnce },
  retryIntervalOverrides: Object.fromEntries(backup.tasks.map(({ state }) => [state, atOnce])),
};
