import type { Request } from '../http/http.ts';
import type { SearchEngine } from '../options.ts';
import { indexNotFound, type SearchError } from './errors.ts';
import type { Index, Indices } from './indices.ts';
import { choose } from './name-patterns.ts';

/**
 * The indices that a request's list of names and wildcards means, in the order of their names, or the refusal. Which of
 * them a wildcard matches is `expand_wildcards`, or `expandsTo` without it. With `isLenient` a missing name is no error.
 */
export function chooseIndices(
  engine: SearchEngine,
  indices: Indices,
  request: Request,
  pattern: string,
  { expandsTo, isLenient = false }: { expandsTo: 'open' | 'closed' | 'open,closed'; isLenient?: boolean },
): { indices: Index[] } | { refusal: SearchError } {
  const expansion = (request.query.get('expand_wildcards') ?? expandsTo).split(',');
  const expands = (name: string) =>
    expansion.includes('all') || expansion.includes(indices.find(name)?.isClosed ? 'closed' : 'open');
  const leniency = {
    ignoreUnavailable: isLenient || request.query.get('ignore_unavailable') === 'true',
    allowNoIndices: true,
  };
  const taken = choose(pattern.split(','), indices.names(), leniency, expands);
  if ('unmatched' in taken) return { refusal: indexNotFound(engine, taken.unmatched) };
  if (taken.chosen.length === 0 && request.query.get('allow_no_indices') === 'false') {
    return { refusal: indexNotFound(engine, pattern) };
  }
  return { indices: indices.named(taken.chosen.toSorted()) };
}
