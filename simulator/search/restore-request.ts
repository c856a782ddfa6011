import * as z from 'zod';
import type { SearchEngine } from '../options.ts';
import { illegalArgument, parseError, type SearchError } from './errors.ts';
import type { Leniency } from './name-patterns.ts';

const body = z.looseObject({
  indices: z.union([z.string(), z.array(z.string())]).optional(),
  ignore_unavailable: z.boolean().optional(),
  rename_pattern: z.string().optional(),
  rename_replacement: z.string().optional(),
});

/** What both engines accept, and the simulator has nothing that it would change. */
const WITHOUT_EFFECT = [
  'allow_no_indices',
  'expand_wildcards',
  'partial',
  'include_global_state',
  'include_aliases',
  'index_settings',
  'ignore_index_settings',
];
const OF_ONE_ENGINE = {
  elasticsearch: ['feature_states', 'quiet'],
  opensearch: ['rename_alias_pattern', 'rename_alias_replacement', 'storage_type'],
};

export interface RestoreRequest extends Leniency {
  /** Names and wildcards. */
  patterns: string[];
  /** The expression of Java, of which the simulator knows what JavaScript has too, and the replacement with `$1`. */
  rename: { pattern: string; replacement: string } | undefined;
}

export function readRestoreRequest(
  engine: SearchEngine,
  text: string,
): RestoreRequest | { refusal: SearchError } {
  let parsed: unknown = {};
  try {
    if (text.trim() !== '') parsed = JSON.parse(text);
  } catch {
    return { refusal: parseError(engine) };
  }
  const read = body.safeParse(parsed);
  if (!read.success) return { refusal: parseError(engine) };
  const known = [...Object.keys(body.shape), ...WITHOUT_EFFECT, ...OF_ONE_ENGINE[engine]];
  const unknown = Object.keys(read.data).find((key) => !known.includes(key));
  if (unknown !== undefined) return { refusal: illegalArgument(`Unknown parameter ${unknown}`) };
  const { indices, ignore_unavailable, rename_pattern: pattern, rename_replacement: replacement } = read.data;
  const named = (typeof indices === 'string' ? indices.split(',') : (indices ?? [])).filter(Boolean);
  return {
    patterns: named.length === 0 ? ['*'] : named,
    ignoreUnavailable: ignore_unavailable ?? false,
    allowNoIndices: true,
    rename: pattern !== undefined && replacement !== undefined ? { pattern, replacement } : undefined,
  };
}

/** The new names of these indices. A name that the pattern does not match stays. */
export function renamed(
  { rename }: RestoreRequest,
  sources: string[],
): { source: string; target: string }[] | { refusal: SearchError } {
  if (rename === undefined) return sources.map((source) => ({ source, target: source }));
  const expression = compiled(rename.pattern);
  if (typeof expression === 'string') {
    return { refusal: { status: 400, type: 'pattern_syntax_exception', reason: expression } };
  }
  const groups = new RegExp(`${rename.pattern}|`).exec('')?.length ?? 1;
  const missing = [...rename.replacement.matchAll(/\$(\d)/g)].find(([, digit]) => Number(digit) >= groups);
  if (missing && sources.some((source) => source.search(expression) >= 0)) {
    const reason = `No group ${missing[1]}`;
    return { refusal: { status: 500, type: 'index_out_of_bounds_exception', reason } };
  }
  // Java's `$0` is the whole match.
  const replacement = rename.replacement.replaceAll('$0', '$$&');
  return sources.map((source) => ({ source, target: source.replace(expression, replacement) }));
}

/** The expression, or why it is none, in the words of the recording for the most common mistake. */
function compiled(pattern: string): RegExp | string {
  try {
    return new RegExp(pattern, 'g');
  } catch {
    return `Unclosed group near index ${pattern.length}\n${pattern}`;
  }
}
