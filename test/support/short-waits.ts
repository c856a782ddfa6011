import { StateMachine } from 'aws-local-stepfunctions';
import { shortWaits } from './waits.ts';

/**
 * Loaded into a process that is started (`--import`): it waits as little as `shortWaits` says. In the query of the import,
 * `retries=as-written` leaves the repeated states alone, and `next-try=3` makes the other wait three seconds.
 */
const query = new URL(import.meta.url).searchParams;
const nextTry = query.get('next-try');
const { waitTimeOverrides, retryIntervalOverrides } = shortWaits;
const overrides = {
  waitTimeOverrides: nextTry === null ? waitTimeOverrides : { WaitBeforeTheNextTry: Number(nextTry) * 1000 },
  retryIntervalOverrides: query.get('retries') === 'as-written' ? {} : retryIntervalOverrides,
};

StateMachine.prototype.run = new Proxy(StateMachine.prototype.run, {
  apply: (run, machine, [input, options]: Parameters<StateMachine['run']>) =>
    Reflect.apply(run, machine, [input, { ...options, overrides: { ...options?.overrides, ...overrides } }]),
});
