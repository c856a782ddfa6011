import { backup } from '../../statemachine/backup-procedure.ts';

const atOnce = 10;

/**
 * With these overrides, the waits of the state machine before a retry of a state and before another try end at once.
 * The checks of a component keep their times.
 */
export const shortWaits = {
  waitTimeOverrides: { WaitBeforeTheNextTry: atOnce },
  retryIntervalOverrides: Object.fromEntries(backup.tasks.map(({ state }) => [state, atOnce])),
};
