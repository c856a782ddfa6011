import { searchOpener } from '../../core/components/search/opener.ts';
import type { Handler } from '../handler.ts';
import { deploy as deployPlain } from './runtime.ts';

/** Deploys a handler that calls the search engine. */
export const deploy = (work: Handler<unknown>) => deployPlain(work, searchOpener);
