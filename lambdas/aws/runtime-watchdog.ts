import type { Executions } from '../../core/watch/lock.ts';
import type { Handler } from '../handler.ts';
import { executions } from './executions.ts';
import { deploy as deployPlain } from './runtime.ts';

/** Deploys the watchdog, which calls Step Functions. */
export const deploy = (work: (executions: Executions) => Handler<unknown>) => deployPlain(work(executions()));
