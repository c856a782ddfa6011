import { StateMachine } from 'aws-local-stepfunctions';
import { taskStates } from '../../cli/definition.ts';

/**
 * Loaded into a command that is started (`--import`): what the state machine waits for before it repeats a state or tries
 * the backup again is over at once. The looks at a component come when they are due. In the query of the import,
 * `retries=as-written` leaves the repeated states alone, and `next-try=3` makes the other wait three seconds.
 */
const atOnce = 10;
const query = new URL(import.meta.url).searchParams;
const nextTry = query.get('next-try');
const repeated = query.get('retries') === 'as-written' ? [] : taskStates;
const overrides = {
  waitTimeOverrides: { WaitBeforeTheNextTry: nextTry === null ? atOnce : Number(nextTry) * 1000 },
  retryIntervalOverrides: Object.fromEntries(repeated.map(({ state }) => [state, atOnce])),
};

StateMachine.prototype.run = new Proxy(StateMachine.prototype.run, {
  apply: (run, machine, [input, options]: Parameters<StateMachine['run']>) =>
    Reflect.apply(run, machine, [input, { ...options, overrides: { ...options?.overrides, ...overrides } }]),
});
