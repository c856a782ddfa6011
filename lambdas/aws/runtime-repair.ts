import { searchOpener } from '../../core/components/search/opener.ts';
import type { Handler } from '../handler.ts';
import { executions } from './executions.ts';
import { deploy as deployPlain } from './runtime.ts';

/** Deploys a handler that calls the search engine, and asks Step Functions whether the owner of a lock lives. */
export const deploy = (work: Handler<unknown>) => deployPlain(work, searchOpener, executions());
