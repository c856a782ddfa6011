import { StateMachine } from 'aws-local-stepfunctions';
import { shortWaits } from './waits.ts';

/**
 * This module is loaded into a process (`--import`), which then has the waits of `shortWaits`. In the query of the
 * import, `retries=as-written` keeps the waits before retries, `retries=1` sets them to one second but for those of a
 * resume, and `next-try=3` sets the wait before another try to 3 seconds.
 */
const query = new URL(import.meta.url).searchParams;
const retries = query.get('retries');
const nextTry = query.get('next-try');
const { waitTimeOverrides, retryIntervalOverrides } = shortWaits;
const overrides = {
  waitTimeOverrides: nextTry === null ? waitTimeOverrides : { WaitBeforeTheNextTry: Number(nextTry) * 1000 },
  retryIntervalOverrides: retryIntervals(),
};

function retryIntervals(): Record<string, number> {
  if (retries === null) return retryIntervalOverrides;
  if (retries === 'as-written') return {};
  // The retries of a resume last as long as a server may be away, and there are only so many of them.
  const others = Object.keys(retryIntervalOverrides).filter((state) => !state.startsWith('ResumeExporting'));
  return Object.fromEntries(others.map((state) => [state, Number(retries) * 1000]));
}

StateMachine.prototype.run = new Proxy(StateMachine.prototype.run, {
  apply: (run, machine, [input, options]: Parameters<StateMachine['run']>) =>
    Reflect.apply(run, machine, [input, { ...options, overrides: { ...options?.overrides, ...overrides } }]),
});
